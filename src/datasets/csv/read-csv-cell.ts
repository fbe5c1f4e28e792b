/** What a cell can be read as; the kinds of a column's cells are added up with `|`. An empty cell is of no kind. */
export const CELL_KIND = {
  /** A whole number in the form that it would be printed in again: no leading zero, no plus; within 64 bits. */
  INTEGER: 1,
  /** A decimal number with a point, or with an exponent. */
  POINT: 2,
  /** A decimal number with a comma. */
  COMMA: 4,
  TRUE: 8,
  FALSE: 16,
  /** A word that stands for a missing number, like NA. */
  ABSENT: 32,
  TEXT: 64,
} as const;

export const TRUE_WORDS = ['true', 'yes', 'y', 't', 'sí', 'si'] as const;
export const FALSE_WORDS = ['false', 'no', 'n', 'f'] as const;
export const ABSENT_WORDS = ['na', 'n/a', '#n/a', 'nan', 'null', 'none'] as const;

const LONGEST_WORD = 5;
const WORDS = new Map<number, number>([
  ...TRUE_WORDS.map((word) => [key(Buffer.from(word)), CELL_KIND.TRUE] as const),
  ...FALSE_WORDS.map((word) => [key(Buffer.from(word)), CELL_KIND.FALSE] as const),
  ...ABSENT_WORDS.map((word) => [key(Buffer.from(word)), CELL_KIND.ABSENT] as const),
]);

/** Of 19 digits and more not every number fits into 64 bits. */
const SAFE_DIGITS = 18;
const GREATEST = 2n ** 63n - 1n;

const NUMBER = /^-?(?:(?:0|[1-9]\d*)(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$/;
const [SPACE, MINUS, ZERO, NINE] = [0x20, 0x2d, 0x30, 0x39];

/** The kind of the cell whose UTF-8 is bytes[start, end); blanks around it do not count. */
export function cellKind(bytes: Uint8Array, start: number, end: number): number {
  while (start < end && bytes[start] === SPACE) start++;
  while (end > start && bytes[end - 1] === SPACE) end--;
  if (start === end) return CELL_KIND.TEXT;

  const digits = bytes[start] === MINUS ? start + 1 : start;
  let at = digits;
  while (at < end && isDigit(bytes[at] as number)) at++;
  if (at === end && at > digits) return integerKind(bytes, start, digits, end);

  const first = bytes[start] as number;
  if (first > NINE) return wordKind(bytes, start, end);
  return numberKind(bytes, start, end);
}

function integerKind(bytes: Uint8Array, start: number, digits: number, end: number): number {
  const isZero = bytes[digits] === ZERO;
  if (isZero && end - start > 1) return CELL_KIND.TEXT;
  if (end - digits <= SAFE_DIGITS) return CELL_KIND.INTEGER;
  const value = BigInt(text(bytes, start, end));
  return value <= GREATEST && value >= -GREATEST ? CELL_KIND.INTEGER : CELL_KIND.TEXT;
}

function numberKind(bytes: Uint8Array, start: number, end: number): number {
  const written = text(bytes, start, end);
  if (!NUMBER.test(written)) return wordKind(bytes, start, end);
  if (!Number.isFinite(Number(written.replace(',', '.')))) return CELL_KIND.TEXT;
  return written.includes(',') ? CELL_KIND.COMMA : CELL_KIND.POINT;
}

function wordKind(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST_WORD) return CELL_KIND.TEXT;
  return WORDS.get(key(bytes.subarray(start, end))) ?? CELL_KIND.TEXT;
}

/** The bytes as one number, capital and small letters alike (í and Í too, whose last bytes differ in that bit). */
function key(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + (byte | 0x20);
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
