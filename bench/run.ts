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

/** Everything side by side in one run: figures mean something only beside those of the same minute. */
async function run(): Promise<void> {
  const [cpu] = cpus();
  print(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB`,
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  await measureAssign(dataDir);
  await measureCluster(dataDir);
  await measureBulk();
  await measureFanOut(dataDir);
  await measureUpload(dataDir);
  await measureCredentials(dataDir);
  await measureScore();
  await measureTraining();
  await measureAssignments();
  await measureDocuments(dataDir);
}

void run();
