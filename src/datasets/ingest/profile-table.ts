import type { DuckDBConnection } from '@duckdb/node-api';
import { suggestEncoding } from '../encoding/suggest-encoding';
import type { ColumnType, DatasetColumn } from '../table/column';
import { quoteIdentifier, quoteLiteral } from '../table/duckdb';

export interface TableToProfile {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly note: string | null;
  }[];
}

/** Columns in one statement: each costs memory for its aggregates. */
const BATCH = 100;
/** From these rows it is told whether counting every value is cheap. */
const TRIAL_ROWS = 100_000;
const MOST_TRIAL_VALUES = 10_000;
/** Different values that an estimate counts: 50,000 make it 0.5 % off or so. */
const HASHED_VALUES = 50_000;
const TOP_VALUES = 10;
const SEED = 42;
/** Candidates for these come from so many rows, drawn by chance: what is in every thousandth row is among them. */
const [DRAWN_ROWS, LIKELY_VALUES] = [100_000, 100];
/** Characters of a value that the profile shows. */
const SHOWN_CHARACTERS = 200;
const SAMPLE_CELLS = 2000;
const SAMPLE_CHARACTERS = 1000;

interface Extent {
  readonly present: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly trialDistinct: number;
}

interface Frequencies {
  readonly distinct: number;
  readonly topValues: DatasetColumn['topValues'];
}

/** What there is to know of every column of a Parquet file. @param progress is told the share done, 0..1. */
export async function profileTable(
  connection: DuckDBConnection,
  path: string,
  { rows, columns }: TableToProfile,
  progress: (share: number) => void,
): Promise<DatasetColumn[]> {
  const table = `read_parquet(${quoteLiteral(path)})`;
  const profiles: DatasetColumn[] = [];
  for (let from = 0; from < columns.length; from += BATCH) {
    const batch = columns.slice(from, from + BATCH);
    const extents = await extentsOf(connection, table, batch);
    for (const [index, column] of batch.entries()) {
      const { present, min, max, trialDistinct } = extents[index] as Extent;
      const values = `SELECT ${valueSql(column)} AS value FROM ${table}`;
      const isFew = rows <= TRIAL_ROWS || trialDistinct <= MOST_TRIAL_VALUES;
      const frequencies = await (isFew
        ? countAll(connection, values)
        : countLikely(connection, values, rows));
      const sample = column.type === 'TEXT' ? await sampleOf(connection, values) : [];
      const { name, type, note } = column;
      const facts = { name, type, ...frequencies, missing: rows - present, min, max };
      const suggestedEncoding = suggestEncoding(facts, rows, sample);
      profiles.push({ ...facts, suggestedEncoding, ...(note === null ? {} : { note }) });
      progress(profiles.length / columns.length);
    }
  }
  return profiles;
}

/** Of a basket its items count, each line's ones. */
function valueSql({ name, type }: TableToProfile['columns'][number]): string {
  return type === 'ITEMS' ? `unnest(${quoteIdentifier(name)})` : quoteIdentifier(name);
}

async function extentsOf(
  connection: DuckDBConnection,
  table: string,
  columns: TableToProfile['columns'],
): Promise<Extent[]> {
  const extents = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    const [least, greatest] =
      type === 'ITEMS'
        ? [`min(list_min(${column}))`, `max(list_max(${column}))`]
        : [`min(${column})`, `max(${column})`];
    return `count(${column}), ${shown(least)}, ${shown(greatest)}`;
  });
  const trials = columns.map(({ name }) => `approx_count_distinct(${quoteIdentifier(name)})`);
  const extent = (await allRows(connection, `SELECT ${extents.join(', ')} FROM ${table}`))[0] ?? [];
  const trial =
    (await allRows(connection, `SELECT ${trials.join(', ')} FROM (FROM ${table} LIMIT ${TRIAL_ROWS})`))[0] ??
    [];
  return columns.map((_, index) => ({
    present: Number(extent[3 * index]),
    min: extent[3 * index + 1] as string | null,
    max: extent[3 * index + 2] as string | null,
    trialDistinct: Number(trial[index]),
  }));
}

async function countAll(connection: DuckDBConnection, values: string): Promise<Frequencies> {
  const found = await allRows(
    connection,
    `WITH counted AS (SELECT value, count(*) AS n FROM (${values}) WHERE value IS NOT NULL GROUP BY value)
     SELECT (SELECT count(*) FROM counted), ${shown('value')}, n FROM counted ORDER BY n DESC, value LIMIT ${TOP_VALUES}`,
  );
  return {
    distinct: Number(found[0]?.[0] ?? 0),
    topValues: found.map(([, value, n]) => ({ value: value as string, count: Number(n) })),
  };
}

/**
 * Where there are very many values: an estimate of how many, from those whose hash falls into one of some equal
 * shares, and likely candidates for the most frequent ones, which are then counted exactly.
 */
async function countLikely(connection: DuckDBConnection, values: string, rows: number): Promise<Frequencies> {
  const percent = (100 * DRAWN_ROWS) / rows;
  const found = await allRows(
    connection,
    `WITH drawn AS (FROM (${values}) USING SAMPLE ${percent} PERCENT (bernoulli, ${SEED})),
          likely AS (SELECT value FROM drawn GROUP BY value ORDER BY count(*) DESC, value LIMIT ${LIKELY_VALUES})
     SELECT ${shown('value')}, count(*) AS n FROM (${values}) SEMI JOIN likely USING (value)
     GROUP BY value ORDER BY n DESC, value LIMIT ${TOP_VALUES}`,
  );
  return {
    distinct: await estimateDistinct(connection, values),
    topValues: found.map(([value, n]) => ({ value: value as string, count: Number(n) })),
  };
}

/** Of HyperLogLog's estimate, 12 % off for a million texts, the order of magnitude is taken alone. */
async function estimateDistinct(connection: DuckDBConnection, values: string): Promise<number> {
  const [guess] = await allRows(
    connection,
    `SELECT approx_count_distinct(value), count(value) FROM (${values})`,
  );
  const shares = Math.max(1, Math.round(Number(guess?.[0]) / HASHED_VALUES));
  const [counted] = await allRows(
    connection,
    `SELECT count(*) FROM (SELECT value FROM (${values}) WHERE hash(value) % ${shares} = 0 AND value IS NOT NULL GROUP BY value)`,
  );
  return Math.min(Number(counted?.[0]) * shares, Number(guess?.[1]));
}

async function sampleOf(connection: DuckDBConnection, values: string): Promise<string[]> {
  const found = await allRows(
    connection,
    `SELECT left(value, ${SAMPLE_CHARACTERS}) FROM (${values}) WHERE value IS NOT NULL LIMIT ${SAMPLE_CELLS}`,
  );
  return found.map(([value]) => value as string);
}

function shown(value: string): string {
  return `left(CAST(${value} AS VARCHAR), ${SHOWN_CHARACTERS})`;
}

async function allRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJS();
}
