import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureAssignments } from './assignments/assignments';
import { measureBulk } from './bulk/bulk';
import { print } from './compare';
import { measureCredentials } from './credentials';
import { measureDocuments } from './documents';
import { measureFanOut } from './fan-out/fan-out';
import { measureAssign, measureCluster } from './http';
import { measureScore } from './score';
import { measureTraining } from './training';
import { measureUpload } from './upload/upload';

const PARTS: Readonly<Record<string, (dataDir: string) => Promise<void>>> = {
  assign: measureAssign,
  cluster: measureCluster,
  bulk: measureBulk,
  'fan-out': measureFanOut,
  upload: measureUpload,
  credentials: measureCredentials,
  score: measureScore,
  training: measureTraining,
  assignments: measureAssignments,
  documents: measureDocuments,
};

/**
 * Everything side by side in one run: figures mean something only beside those of the same minute.
 *
 * @param chosen names of parts; none: all of them.
 */
async function run(chosen: readonly string[]): Promise<void> {
  const unknown = chosen.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    print(`There is no part "${unknown}": there are ${Object.keys(PARTS).join(', ')}`);
    process.exitCode = 1;
    return;
  }
  const [cpu] = cpus();
  print(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB`,
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  for (const [name, measure] of Object.entries(PARTS)) {
    if (chosen.length === 0 || chosen.includes(name)) await measure(dataDir);
  }
}

void run(process.argv.slice(2));
