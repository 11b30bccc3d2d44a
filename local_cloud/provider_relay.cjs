// Stands between Terraform and a provider that runs on: node provider_relay.cjs PROGRAM TYPE...
//
// The AWS provider describes 2,100 types, in five megabytes that Terraform reads in each command; for a small command
// that is all its work. From here Terraform gets the descriptions of the types that are named. Whether a configuration
// is valid, and what a resource of the state is in the form of this release, depends on the question alone, so the
// provider answers that once: for a configuration it would check all its types too, half of its work for a plan.
// Whatever else Terraform asks, the provider answers. When its input ends, the provider does, and it with the provider.
// https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const http2 = require("node:http2");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

const ANNOUNCED = "TF_REATTACH_PROVIDERS=";
const SERVICE = "/tfplugin5.Provider/";
const SCHEMA = `${SERVICE}GetSchema`;
const ASKED_ONCE = [
  "GetSchema",
  "PrepareProviderConfig",
  "ValidateResourceTypeConfig",
  "ValidateDataSourceConfig",
  "UpgradeResourceState",
].map((name) => SERVICE + name);
// Resources, data sources and ephemeral resources, as tfplugin5.proto numbers them in the answer.
const TYPES = [2, 3, 8];
// Before each message of gRPC: whether it is compressed, and its length.
const PREFIX = 5;
const EMPTY = Buffer.alloc(PREFIX);
const UNIMPLEMENTED = { ":status": 200, "content-type": "application/grpc", "grpc-status": "12" };
// As long as Terraform waits for a provider to start.
const START_MS = 60_000;
const WINDOW = { initialWindowSize: 2 ** 24 };

async function main(program, types) {
  const provider = spawn(program, ["-debug"], { stdio: ["ignore", "pipe", "ignore"] });
  provider.on("exit", () => process.exit());
  process.on("exit", () => provider.kill("SIGKILL"));
  const start = setTimeout(() => process.exit(), START_MS);
  const [[name, announced]] = Object.entries(await whereItListens(provider.stdout));
  const session = http2.connect("http://provider", {
    createConnection: () => net.connect(announced.Addr.String),
    settings: WINDOW,
  });
  const request = { ":method": "POST", ":path": SCHEMA, "content-type": "application/grpc", te: "trailers" };
  const schema = await ask(session, request, EMPTY).answered;
  schema.body = withPrefix(shortened(schema.body.subarray(PREFIX), new Set(types)));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provider-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true }));
  const socket = path.join(folder, "relay");
  const server = http2.createServer({ settings: WINDOW });
  const known = new Map([[question(SCHEMA, EMPTY), schema]]);
  server.on("stream", (stream, headers) => relay(stream, headers, session, known));
  server.listen(socket, () => {
    clearTimeout(start);
    const here = { ...announced, Pid: process.pid, Addr: { Network: "unix", String: socket } };
    console.log(JSON.stringify({ [name]: here }));
  });
  process.stdin.resume().on("end", () => end(provider));
}

// As Terraform ends a provider: what still hangs after two seconds is not waited for.
function end(provider) {
  provider.kill("SIGINT");
  setTimeout(() => provider.kill("SIGKILL"), 2000);
}

// What the provider says of where it listens.
async function whereItListens(output) {
  for await (const line of readline.createInterface({ input: output })) {
    const at = line.indexOf(ANNOUNCED);
    if (at >= 0) return JSON.parse(line.slice(at + ANNOUNCED.length).replaceAll("'", ""));
  }
  throw new Error("the provider ended at its start");
}

// Answer what is known, and pass on what else a provider is asked. Terraform goes on without the parts of its plugins
// that are no provider.
async function relay(stream, headers, session, known) {
  stream.on("error", () => {});
  const asks = headers[":path"];
  if (!asks.startsWith(SERVICE)) {
    stream.respond(UNIMPLEMENTED, { endStream: true });
    return;
  }
  try {
    const message = await read(stream);
    const again = ASKED_ONCE.includes(asks) && question(asks, message);
    if (known.has(again)) {
      answer(stream, known.get(again));
      return;
    }
    const asked = ask(session, headers, message);
    stream.on("aborted", asked.cancel);
    const found = await asked.answered;
    if (again && found.trailers?.["grpc-status"] === "0") known.set(again, found);
    answer(stream, found);
  } catch {
    // What Terraform asked was given up, or the provider has ended.
    stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  }
}

function question(asks, message) {
  return `${asks} ${message.toString("latin1")}`;
}

function ask(session, headers, message) {
  const request = session.request(headers);
  request.end(message);
  const answered = new Promise((resolve, reject) => {
    const found = {};
    request.on("response", (headers) => (found.headers = headers));
    request.on("trailers", (trailers) => (found.trailers = trailers));
    request.on("error", reject);
    request.on("close", () => (found.headers ? resolve(found) : reject(new Error("the provider does not answer"))));
    read(request).then((body) => (found.body = body), reject);
  });
  return { answered, cancel: () => request.close(http2.constants.NGHTTP2_CANCEL) };
}

function answer(stream, { headers, body, trailers }) {
  if (stream.destroyed) return;
  stream.respond(headers, { endStream: !trailers, waitForTrailers: Boolean(trailers) });
  if (!trailers) return;
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(body);
}

function read(stream) {
  const parts = [];
  stream.on("data", (part) => parts.push(part));
  return new Promise((resolve, reject) => {
    stream.on("end", () => resolve(Buffer.concat(parts)));
    stream.on("error", reject);
  });
}

// The answer to GetSchema without the types that are not among these.
function shortened(message, types) {
  const kept = [];
  for (const [number, content, field] of fields(message)) {
    // The first field of each entry is the name of the type.
    const type = TYPES.includes(number) ? fields(content).next().value[1].toString() : undefined;
    if (type === undefined || types.has(type)) kept.push(field);
  }
  return Buffer.concat(kept);
}

// The fields of a message of protobuf: number, content, and the field as it stands there.
// https://protobuf.dev/programming-guides/encoding/
function* fields(message) {
  for (let at = 0; at < message.length; ) {
    const start = at;
    const [key, after] = varint(message, at);
    const [length, begin] = varint(message, after);
    // A number has its value where a text has its length.
    at = key % 8 === 0 ? begin : begin + length;
    yield [key >> 3, message.subarray(begin, at), message.subarray(start, at)];
  }
}

// A number, which goes on as long as the highest bit is set, and where it ends.
function varint(message, at) {
  let number = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = message[at++];
    number += (byte & 127) * scale;
    if (byte < 128) return [number, at];
  }
}

function withPrefix(message) {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

main(process.argv[2], process.argv.slice(3));
