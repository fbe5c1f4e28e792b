import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { readManifest } from '../src/models/read-manifest';

const ROWS_PER_PIECE = 10_000;

/** A table of the shipped model's interests, each 1 with probability 0.4, the same every time (Numerical Recipes' generator). */
export async function writePeople(path: string, rows: number): Promise<void> {
  const { features } = await readManifest('model/nomads.onnx');
  const file = createWriteStream(path);
  file.write(`${features.map(({ key }) => key)}\n`);
  let state = 1;
  for (let row = 0; row < rows; row += ROWS_PER_PIECE) {
    let piece = '';
    for (let i = row; i < Math.min(rows, row + ROWS_PER_PIECE); i++) {
      const cells = features.map(() => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state < 0.4 * 2 ** 32 ? 1 : 0;
      });
      piece += `${cells.join(',')}\n`;
    }
    if (!file.write(piece)) await once(file, 'drain');
  }
  await finished(file.end());
}
