// The Node program of jsii, in the process that jsii starts. jsii's own start is a process that relays between Python
// and a second one, in which the kernel reads and writes file descriptor 3; here the kernel is asked directly.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");

require("./lazy_provider.cjs");

// jsii links its packages with symbolic links if Node keeps them as they are, file by file otherwise. It looks at the
// command line; boot.py gives the flag in NODE_OPTIONS.
process.execArgv.push("--preserve-symlinks");

// cdktf calls util.isArray, about which Node 22 would print a warning above every synth.
process.noDeprecation = true;

// Standard output belongs to the kernel: what a module prints goes to Python as jsii sends it.
for (const name of ["stdout", "stderr"]) {
  process[name].write = (data, encoding, done) => {
    fs.writeSync(2, JSON.stringify({ [name]: Buffer.from(data).toString("base64") }) + "\n");
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) callback();
    return true;
  };
}

// Only assets need it, and it is slow to load.
const load = Module._load;
Module._load = function (request, parent, isMain) {
  if (request !== "archiver") return load.call(this, request, parent, isMain);
  return (...options) => load.call(this, request, parent, isMain)(...options);
};

// jsii's package has its files under other names than they have where jsii unpacks them. Without the worker there is no
// index of the provider's types, and each start parses all 130 MB of them.
const file = process.env.ECS_PLATFORM_JSII_PROGRAM;
const source = fs
  .readFileSync(file, "utf8")
  .replace("readFD:3,writeFD:3", "readFD:0,writeFD:1")
  .replace('"runtime-index-worker.js"', '"lib__runtime-index-worker.js"');
new Module(file, null)._compile(source, file);
