import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeArtefacts, root } from './artefacts.mjs';

/** `npm run generate`: writes every generated file that is committed. */
for (const [path, bytes] of await makeArtefacts()) {
  await writeFile(join(root, path), bytes);
  process.stdout.write(`wrote ${path}\n`);
}
