import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureBulkScoring } from './bulk-scoring';
import { measureHttp } from './http';

/** Everything side by side in one run: figures mean something only beside those of the same minute. */
async function run(): Promise<void> {
  const [cpu] = cpus();
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB\n`,
  );
  await measureHttp();
  await measureBulkScoring();
  process.stdout.write('\n(d) one event to 2,000 sockets that ask for the same\n');
  execFileSync(process.execPath, [join(__dirname, 'fan-out/fan-out.js')], { stdio: 'inherit' });
}

void run();
