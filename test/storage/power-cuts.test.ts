import { execFile } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Durability } from '../../src/storage/durability';
import { PgliteDatabase } from '../../src/storage/pglite/pglite';
import { CUTS, coin, random } from './power-cuts/cuts';
import { Disk } from './power-cuts/disk';
import { type FileRecord, readRecording } from './power-cuts/recording';

/** `npm run test:power-cuts` makes 500. */
const POWER_CUTS = Number(process.env['POWER_CUTS'] ?? CUTS.length);
const SEED = Number(process.env['POWER_CUTS_SEED'] ?? 1);
const AT_ONCE = 2;
const STARTING_MS = 120_000;
const CUT_MS = 20_000;

const run = promisify(execFile);
const script = (name: string) => join(__dirname, 'power-cuts', name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tertulia-power-cuts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Records a load on a new database, and cuts the power at so many moments. @returns what was broken then. */
async function cutPower(durability: Durability, cuts: number): Promise<string[]> {
  const place = (name: string | number) => join(folder, `${durability}-${name}`);
  const [data, before, log] = [place('data'), place('before'), place('log')];
  await (await PgliteDatabase.open(data, { durability })).close();
  cpSync(join(data, 'database'), before, { recursive: true });
  await run(
    process.execPath,
    ['--require', script('record-files.cjs'), script('write-load.cjs'), data, durability],
    {
      env: { ...process.env, RECORD_BELOW: join(data, 'database'), RECORD_TO: log },
    },
  );
  const records = readRecording(log);
  const disk = new Disk(before);
  const problems: string[] = [];
  const checking = new Set<Promise<void>>();
  let [replayed, nth] = [0, 0];
  const answered = new Answered();
  for (const moment of moments(records, cuts)) {
    for (; replayed < moment; replayed++) {
      disk.replay(records[replayed] as FileRecord);
      answered.add(records[replayed] as FileRecord);
    }
    const number = nth++;
    const cut = place(number);
    const makeCut = CUTS[number % CUTS.length] as (typeof CUTS)[number];
    disk.cut(cut, makeCut(coin(SEED + number)));
    writeFileSync(`${cut}.json`, answered.toJson());
    const check = run(process.execPath, [script('check-database.cjs'), cut, `${cut}.json`]).then(
      ({ stdout }) => {
        if (stdout !== '') problems.push(`cut ${number}, after record ${moment}: ${stdout}`);
        rmSync(cut, { recursive: true });
        checking.delete(check);
      },
    );
    checking.add(check);
    if (checking.size === AT_ONCE) await Promise.race(checking);
  }
  await Promise.all(checking);
  return problems;
}

/** When to cut: half of the time while a checkpoint is under way. In order; a number of records. */
function moments(records: readonly FileRecord[], count: number): number[] {
  const next = random(SEED);
  const opened = records.findIndex(({ kind }) => kind === 'opened');
  const all = Array.from({ length: records.length - opened }, (_, i) => opened + i);
  let under = false;
  const checkpoints = all.filter((i) => {
    const { kind } = records[i] as FileRecord;
    if (kind === 'checkpoint' || kind === 'checkpointed') under = kind === 'checkpoint';
    return under;
  });
  const pick = (from: readonly number[]) => from[Math.floor(next() * from.length)] as number;
  return Array.from({ length: count }, (_, i) => pick(i % 2 === 0 ? all : checkpoints)).sort((a, b) => a - b);
}

/** What had been answered, and must be there. */
class Answered {
  readonly #events: unknown[] = [];
  readonly #tables = new Set<string>();

  add(record: FileRecord): void {
    if (record.kind === 'emptying') this.#tables.delete(record.table);
    if (record.kind !== 'answered') return;
    if (record.event !== undefined) this.#events.push(record.event);
    if (record.table !== undefined) this.#tables.add(record.table);
  }

  toJson(): string {
    return JSON.stringify({ events: this.#events, tables: [...this.#tables] });
  }
}

it(
  'with the durability "power", nothing that was answered is lost when the power is cut',
  async () => {
    expect(await cutPower('power', POWER_CUTS)).toEqual([]);
  },
  STARTING_MS + POWER_CUTS * CUT_MS,
);

it(
  'with the durability "process" something is: so these cuts tell one from the other',
  async () => {
    expect(await cutPower('process', 2)).not.toEqual([]);
  },
  STARTING_MS + 2 * CUT_MS,
);
