/** What the cells of a column are; MISSING cells aside. ITEMS is a list of texts: a line of a basket file. */
export type ColumnType = 'TEXT' | 'INTEGER' | 'NUMBER' | 'BOOLEAN' | 'ITEMS';

export const COLUMN_ENCODING_KINDS = [
  'IGNORE',
  'MULTI_CHOICE',
  'CATEGORY',
  'BOOLEAN',
  'NUMBER',
  'BASKET',
] as const;
export type ColumnEncodingKind = (typeof COLUMN_ENCODING_KINDS)[number];

export const NUMBER_SCALES = ['NONE', 'MAX', 'LOG'] as const;
export type NumberScale = (typeof NUMBER_SCALES)[number];

/** How a column is to become features, as somebody declares it or as it is suggested. */
export interface DeclaredEncoding {
  readonly column: string;
  readonly kind: ColumnEncodingKind;
  /** Of a NUMBER; MAX unless said. */
  readonly scale?: NumberScale | null;
  /** Between the choices of a MULTI_CHOICE; a comma unless said. */
  readonly separator?: string | null;
}

/** What is known of one column of a data set. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * Different values (of ITEMS: different items), missing ones aside. Exact in up to 100,000 rows, and wherever the
   * first 100,000 hold at most about 10,000 different ones; above that an estimate, within 2 %.
   */
  readonly distinct: number;
  readonly missing: number;
  /** Of numbers their values, of texts the first and last in order, 200 characters of each; null: nothing there. */
  readonly min: string | null;
  readonly max: string | null;
  /** The most frequent values, the first ten; where `distinct` is an estimate, likely ones. Their counts are exact. */
  readonly topValues: readonly { readonly value: string; readonly count: number }[];
  readonly suggestedEncoding: DeclaredEncoding;
  /** What was done to the column while it was read that people should know, as when it got another name. */
  readonly note?: string;
}
