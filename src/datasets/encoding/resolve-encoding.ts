import type { DuckDBConnection } from '@duckdb/node-api';
import { ClientError } from '../../errors';
import type { ColumnEncoding, Feature, SegmentationManifest } from '../../onnx/manifest';
import type { DatasetColumn, DeclaredEncoding, NumberScale } from '../table/column';
import type { Table } from '../table/table';
import { declareEncoding } from './declare-encoding';
import { choicesSql } from './encoding-sql';
import { uniqueKeys } from './feature-key';

export const MOST_FEATURES = 2_000;
const SEPARATOR = ',';

/** How a table becomes a matrix: the parts of a manifest that say so. */
export interface ResolvedEncoding extends Pick<SegmentationManifest, 'groups' | 'encoding'> {
  readonly features: readonly Feature[];
}

export interface EncodingRequest {
  readonly connection: DuckDBConnection;
  readonly table: Table;
  readonly columns: readonly DatasetColumn[];
  /** For columns that are not to be encoded as suggested. */
  readonly declared: readonly DeclaredEncoding[];
  /** The model whose vocabulary is to go on; null: there is none. */
  readonly champion: SegmentationManifest | null;
}

/**
 * Finds the features that a table's columns become: column by column, the choices of each in alphabetical order.
 *
 * The champion's vocabulary goes on where the columns do. A column that the champion knows by name and kind keeps the
 * champion's features, keys, labels and groups, those included that nobody chose this time; and a BOOLEAN column that
 * has a feature's key for its name is that feature, whatever column the champion had it from. What is kept comes
 * first, in the champion's order; new choices and columns follow.
 *
 * @throws ClientError BAD_USER_INPUT that names the column.
 */
export async function resolveEncoding(request: EncodingRequest): Promise<ResolvedEncoding> {
  const drafts: Draft[] = [];
  for (const declared of declareEncoding(request.columns, request.declared)) {
    drafts.push(await draft(declared, request));
  }
  checkCount(drafts);

  const keptKeys = new Set(drafts.flatMap(({ known }) => [...known.values()]));
  const kept = request.champion?.features.filter(({ key }) => keptKeys.has(key)) ?? [];
  const added = drafts.flatMap(({ declared: { column }, added }) => added.map((text) => ({ text, column })));
  const keys = uniqueKeys(added, keptKeys).values();
  const repeated = repeatedTexts(added);
  const features: Feature[] = [...kept];
  const groups = request.champion?.groups.filter(({ key }) => kept.some(({ group }) => group === key)) ?? [];
  const encoding = drafts.map(({ declared, known, added }) => {
    const group = added.length > 0 ? groupOf(declared, known) : null;
    const choices = new Map(known);
    for (const text of added) {
      const key = keys.next().value as string;
      features.push({ key, label: { en: labelOf(text, declared, repeated) }, group });
      choices.set(text, key);
    }
    return encodingOf(declared, choices, request);
  });
  return { features, groups, encoding };

  /** Where the known choices of a column are shown, or a group of the column's own; none for plain columns. */
  function groupOf({ column, kind }: DeclaredEncoding, known: ReadonlyMap<string, string>): string | null {
    if (kind === 'BOOLEAN' || kind === 'NUMBER') return null;
    const [first] = known.values();
    const sibling = kept.find(({ key }) => key === first);
    if (sibling !== undefined) return sibling.group;
    const taken = groups.map(({ key }) => key);
    const [key = column] = uniqueKeys([{ text: column, column }], taken);
    groups.push({ key, label: { en: column } });
    return key;
  }
}

/** Features are also told without their group: so the column is in what says little by itself. */
function labelOf(text: string, { column }: DeclaredEncoding, repeated: ReadonlySet<string>): string {
  if (text === column) return text;
  if (!/\p{L}/u.test(text)) return `${column} ${text}`;
  return repeated.has(text) ? `${text} (${column})` : text;
}

/** What several columns say, so that it does not tell which one is meant: "Other", "1". */
function repeatedTexts(added: readonly { readonly text: string }[]): Set<string> {
  const seen = new Set<string>();
  return new Set(added.filter(({ text }) => seen.size === seen.add(text).size).map(({ text }) => text));
}

/** A column with the texts that become features: its choices, or the column's own name where it is one feature. */
interface Draft {
  readonly declared: DeclaredEncoding;
  /** From the text to the champion's key. */
  readonly known: ReadonlyMap<string, string>;
  /** Those that want a key, in alphabetical order. */
  readonly added: readonly string[];
}

async function draft(declared: DeclaredEncoding, request: EncodingRequest): Promise<Draft> {
  const { column, kind } = declared;
  const same = request.champion?.encoding.find((e) => e.column === column && e.kind === kind);
  switch (kind) {
    case 'IGNORE':
      return { declared, known: new Map(), added: [] };
    case 'BOOLEAN':
    case 'NUMBER': {
      const named = kind === 'BOOLEAN' && request.champion?.features.some(({ key }) => key === column);
      const key = same !== undefined && 'feature' in same ? same.feature : named ? column : null;
      return key === null
        ? { declared, known: new Map(), added: [column] }
        : { declared, known: new Map([[column, key]]), added: [] };
    }
    default: {
      const known = new Map(same !== undefined && 'choices' in same ? Object.entries(same.choices) : []);
      const choices = await findChoices(encodingOf(declared, known, request), request);
      return { declared, known, added: choices.filter((text) => !known.has(text)) };
    }
  }
}

async function findChoices(
  encoding: ColumnEncoding,
  { connection, table }: EncodingRequest,
): Promise<string[]> {
  if (!('choices' in encoding)) return [];
  const rows = await connection.runAndReadAll(choicesSql(table, encoding, MOST_FEATURES + 1));
  const { compare } = new Intl.Collator('en', { numeric: true });
  return rows
    .getRows()
    .map(([choice]) => String(choice))
    .sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
}

function checkCount(drafts: readonly Draft[]): void {
  const sizes = drafts.map(({ known, added }) => known.size + added.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) {
    const message = 'No column becomes a feature: declare the encoding of at least one that is not IGNORE';
    throw new ClientError('BAD_USER_INPUT', message);
  }
  if (total > MOST_FEATURES) {
    const most = Math.max(...sizes);
    const column = drafts[sizes.indexOf(most)]?.declared.column;
    const count = most > MOST_FEATURES ? `more than ${MOST_FEATURES}` : most;
    throw new ClientError(
      'BAD_USER_INPUT',
      `Column "${column}" has ${count} different choices, and a model takes at most ${MOST_FEATURES} features in all: declare it IGNORE, or merge its rare choices`,
    );
  }
}

function encodingOf(
  { column, kind, scale, separator }: DeclaredEncoding,
  keys: ReadonlyMap<string, string>,
  { columns }: EncodingRequest,
): ColumnEncoding {
  const choices = Object.fromEntries(keys);
  const feature = keys.get(column) ?? '';
  switch (kind) {
    case 'IGNORE':
      return { kind, column };
    case 'BOOLEAN':
      return { kind, column, feature };
    case 'CATEGORY':
      return { kind, column, choices };
    case 'MULTI_CHOICE':
    case 'BASKET':
      return { kind, column, separator: separator ?? SEPARATOR, choices };
    case 'NUMBER': {
      const max = Number(columns.find(({ name }) => name === column)?.max ?? 0);
      return { kind, column, feature, scale: scale ?? 'MAX', divisor: divisorOf(scale ?? 'MAX', max) };
    }
  }
}

/** So that the largest number becomes 1, but where numbers are to stay as they are. */
function divisorOf(scale: NumberScale, max: number): number {
  if (scale === 'NONE' || !(max > 0)) return 1;
  return scale === 'MAX' ? max : Math.log1p(max);
}
