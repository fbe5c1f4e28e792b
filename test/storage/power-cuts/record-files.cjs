/**
 * Loaded before a program (`node --require`, in all of its threads): whatever the program does synchronously to files
 * below RECORD_BELOW goes into the file RECORD_TO, in the order in which it happened. Each record is a JSON head's
 * length, the head, and the bytes that were written.
 */
const fs = require('node:fs');
const { resolve, sep } = require('node:path');

const below = resolve(process.env.RECORD_BELOW) + sep;
const { openSync, writeSync, closeSync } = fs;
const log = openSync(process.env.RECORD_TO, 'a');
const open = new Set();

const isBelow = (path) => typeof path === 'string' && path.startsWith(below);
const relative = (path) => path.slice(below.length);

globalThis.record = (head, bytes = Buffer.alloc(0)) => {
  // New segments of the log are filled with zeros: their number says as much.
  const zeros = bytes.length > 0 && bytes.every((byte) => byte === 0);
  const data = zeros ? Buffer.alloc(0) : bytes;
  const json = Buffer.from(JSON.stringify({ ...head, bytes: data.length, zeros: zeros ? bytes.length : 0 }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(json.length);
  writeSync(log, Buffer.concat([size, json, data]));
};

/** Within one of Node's functions that calls others of them. */
let within = false;

/** Runs the original first: a record says what has happened. */
function replace(name, after) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (within) return original(...args);
    within = true;
    try {
      const result = original(...args);
      after(result, ...args);
      return result;
    } finally {
      within = false;
    }
  };
}

replace('openSync', (descriptor, path) => {
  if (!isBelow(path)) return;
  open.add(descriptor);
  record({ kind: 'open', descriptor, path: relative(path) });
});
fs.closeSync = (descriptor) => {
  open.delete(descriptor);
  closeSync(descriptor);
};
replace('writeSync', (length, descriptor, buffer, offset, _length, position) => {
  if (open.has(descriptor))
    record({ kind: 'write', descriptor, position }, Buffer.from(buffer.subarray(offset, offset + length)));
});
for (const name of ['fsyncSync', 'fdatasyncSync'])
  replace(name, (_, descriptor) => open.has(descriptor) && record({ kind: 'sync', descriptor }));
replace('ftruncateSync', (_, descriptor, length = 0) => {
  if (open.has(descriptor)) record({ kind: 'truncate', descriptor, length });
});
replace('truncateSync', (_, path, length = 0) => {
  if (isBelow(path)) record({ kind: 'truncate', path: relative(path), length });
});
replace('writeFileSync', (_, path) => isBelow(path) && record({ kind: 'create', path: relative(path) }));
replace('mkdirSync', (_, path) => isBelow(path) && record({ kind: 'mkdir', path: relative(path) }));
replace('renameSync', (_, from, to) => {
  if (isBelow(from)) record({ kind: 'rename', from: relative(from), to: relative(to) });
});
for (const name of ['unlinkSync', 'rmdirSync'])
  replace(name, (_, path) => isBelow(path) && record({ kind: 'remove', path: relative(path) }));
