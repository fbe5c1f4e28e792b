import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import { compare, print } from './compare';
import type { Measured } from './measured';
import type { CsvScorerName, ScoreTask } from './score-csv';
import { writePeople } from './score-people';

const ROWS = 1_000_000;

/** `tertulia score`, CSV to CSV, against a script that splits lines and calls ONNX Runtime. */
export async function measureScore(): Promise<void> {
  print(`\nScoring a CSV file of ${ROWS.toLocaleString('en')} rows of 26 booleans into another`);
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  const input = join(folder, 'people.csv');
  await writePeople(input, ROWS);
  const contenders = (['tertulia score', 'a script'] as const).map((name: CsvScorerName) => {
    const child = new Child([require.resolve('./score-csv'), name]);
    const task: ScoreTask = { input, output: join(folder, `${name}.csv`), folder, rows: ROWS };
    return { name, child, load: () => child.ask<Measured>(task) };
  });
  await compare('row', contenders);
  await Promise.all(contenders.map(({ child }) => child.stop()));
  rmSync(folder, { recursive: true });
}

if (require.main === module) void measureScore();
