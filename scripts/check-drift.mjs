import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeArtefacts, root } from './artefacts.mjs';

/** `npm run check:drift`: fails when a generated file is not what its sources make. Writes nothing. */
const drifted = [];
for (const [path, bytes] of await makeArtefacts()) {
  const present = await readFile(join(root, path)).catch(() => null);
  if (present === null) drifted.push(`${path} is missing`);
  else if (!present.equals(bytes)) drifted.push(`${path} ${firstDifference(present, bytes)}`);
}
if (drifted.length > 0) {
  process.stderr.write(
    `Generated files are not what their sources make:\n${drifted.map((line) => `- ${line}\n`).join('')}Run "npm run generate" and commit what it writes.\n`,
  );
  process.exitCode = 1;
}

/** Where to look first: a line, as all but the model's file are text. */
function firstDifference(present, made) {
  let at = 0;
  while (at < present.length && present[at] === made[at]) at += 1;
  const line = present.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
  return `differs from line ${line} on`;
}
