import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Scorer } from '../../inference/scorer';
import type { JobControl } from '../../jobs/job';
import { inLocale, type SegmentationManifest } from '../../onnx/manifest';
import { uniqueNames } from '../csv/csv-header';
import { csvRowsTable } from '../csv/csv-rows-table';
import { type CsvTable, readCsv } from '../csv/read-csv';
import { encodedBatches } from '../encoding/encoded-rows';
import { fitEncoding } from '../encoding/fit-encoding';
import { openDuckdb } from '../table/duckdb';
import { ScoredLines } from './scored-lines';

const MEMORY_MB = 200;
const THREADS = 2;
/** Few enough for DuckDB to prepare the next batch in the meantime. */
const ROWS_PER_BATCH = 4_096;
/** A row has 2 MB at most, its escapes counted. */
const BLOCK_BYTES = 1 << 22;
/** `readCsv` writes a byte order mark before the rows. */
const MARK_BYTES = 3;
const LF = 0x0a;
/** Of the whole time, roughly, that reading takes. */
const READ = 0.3;

export interface ScoreFileRequest {
  /** CSV, in any encoding and dialect that a data set may have. */
  readonly input: string;
  readonly output: Writable;
  readonly manifest: SegmentationManifest;
  /** Of that model. */
  readonly scorer: Scorer;
  /** An existing folder for what is needed on the way: about as much as the file itself. */
  readonly folder: string;
}

export interface ScoredFile {
  readonly rows: number;
  /** How many rows are in each segment, in the model's order. */
  readonly segmentSizes: readonly number[];
  /** Rows without any affinity: who would wait in the lobby. */
  readonly lobby: number;
}

/**
 * Scores every row of a CSV file. Out come its columns, every cell as it was, and behind them `cluster` (the segment's
 * number; empty: none), `segment` (its label) and for every segment `affinity_KEY`: in UTF-8, with commas and a header,
 * however the file was written. The items of a basket are one cell.
 *
 * Memory does not grow with the length of the file.
 *
 * @throws ClientError BAD_USER_INPUT when it cannot be read, lacks columns, or has a cell that cannot be encoded;
 *   the signal's reason when it is aborted.
 */
export async function scoreFile(
  { input, output, manifest, scorer, folder }: ScoreFileRequest,
  { report, signal }: JobControl,
): Promise<ScoredFile> {
  const rowsFile = join(folder, 'rows');
  const csv = await readCsv(input, rowsFile, Number.MAX_SAFE_INTEGER, (share) => {
    signal.throwIfAborted();
    report(READ * share, 'reading');
  });
  const table = csvRowsTable(rowsFile, csv);
  const encoding = fitEncoding(manifest, new Set(table.columns.keys()));
  const keys = manifest.features.map(({ key }) => key);
  const lines = new ScoredLines(
    manifest.segments.map(({ number, label }) => ({ number, label: inLocale(label, 'en') })),
  );
  lines.writeHeader(header(csv, manifest));

  const database = await openDuckdb({
    memoryMb: MEMORY_MB,
    threads: THREADS,
    tempDirectory: folder,
    paths: [rowsFile],
  });
  const blocks = wholeRows(rowsFile);
  try {
    const segmentSizes = manifest.segments.map(() => 0);
    let rows = 0;
    let block: Buffer = Buffer.alloc(0);
    let at = 0;
    let writing = Promise.resolve();
    for await (const batch of encodedBatches(database.connection, table, encoding, keys, ROWS_PER_BATCH)) {
      signal.throwIfAborted();
      const { affinities, segments } = await scorer.score(batch);
      for (const [row, segment] of segments.entries()) {
        if (at === block.length) {
          block = (await blocks.next()).value as Buffer;
          at = 0;
        }
        at = lines.writeRow(block, at);
        lines.writeScores(segment, affinities, row);
        if (segment >= 0) segmentSizes[segment] = (segmentSizes[segment] as number) + 1;
        if (lines.isFull) {
          await writing;
          writing = write(output, lines.take());
        }
      }
      rows += segments.length;
      report(READ + (1 - READ) * (rows / csv.rows), `${rows} of ${csv.rows} rows`);
    }
    await writing;
    await write(output, lines.take());
    return { rows, segmentSizes, lobby: rows - segmentSizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    await blocks.return(undefined);
    await database.close();
    await rm(rowsFile);
  }
}

/** No name stands twice, also when the file has columns of these names: it may have been scored before. */
function header({ columns }: CsvTable, { segments }: SegmentationManifest): string[] {
  const before = columns.map(({ name }) => name);
  const added = ['cluster', 'segment', ...segments.map(({ key }) => `affinity_${key}`)];
  return uniqueNames([...before, ...added]);
}

/** The file that `readCsv` wrote, in blocks that end with a row; a block is the reader's until it asks for the next. */
async function* wholeRows(path: string): AsyncGenerator<Buffer, undefined, undefined> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  const file = await open(path);
  try {
    let kept = 0;
    for (let position = MARK_BYTES; ; ) {
      const { bytesRead } = await file.read(buffer, kept, BLOCK_BYTES - kept, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const end = buffer.lastIndexOf(LF, kept + bytesRead - 1) + 1;
      if (end > 0) yield buffer.subarray(0, end);
      kept = buffer.copy(buffer, 0, end, kept + bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Settles when the bytes are not needed any more. A failure is seen by whoever waits, not by the process. */
function write(output: Writable, bytes: Buffer): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    output.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  written.catch(() => {});
  return written;
}
