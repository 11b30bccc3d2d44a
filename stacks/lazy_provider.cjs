// Loaded into the Node process of jsii by boot.py. The provider's package.json names an index that loads its 2,200
// modules at once; the tarball also ships one that loads each at its first use.
"use strict";

const Module = require("node:module");
const fs = require("node:fs");
const path = require("node:path");

const EAGER_INDEX = /[\\/]@cdktf[\\/]provider-aws[\\/](.*[\\/])?lib[\\/]index\.js$/;
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (...request) {
  const file = resolveFilename.apply(this, request);
  if (!EAGER_INDEX.test(file)) return file;
  const lazy = path.join(path.dirname(file), "lazy-index.js");
  return fs.existsSync(lazy) ? lazy : file;
};
