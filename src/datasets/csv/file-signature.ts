import { refusal } from './read-csv-refusals';

const UNPACK = 'unpack it and upload the CSV file inside';
const SAVE_SHEET = 'open it and save the sheet as CSV';
const SAVE_TABLE = 'save the table as CSV';

/** How other files than CSV begin (as Latin-1), and what their beginning also holds. */
const SIGNATURES: readonly { begins: string; holds?: string; what: string }[] = [
  { begins: 'PK\x03\x04', holds: 'xl/', what: `an Excel workbook: ${SAVE_SHEET}` },
  { begins: 'PK\x03\x04', holds: '[Content_Types]', what: `an Excel workbook: ${SAVE_SHEET}` },
  { begins: 'PK\x03\x04', holds: 'opendocument', what: `an OpenDocument file: ${SAVE_SHEET}` },
  { begins: 'PK\x03\x04', what: `a ZIP archive: ${UNPACK}` },
  { begins: '\xd0\xcf\x11\xe0', what: `an old Excel workbook: ${SAVE_SHEET}` },
  { begins: '\x1f\x8b', what: `a gzip file: ${UNPACK}` },
  { begins: 'BZh', holds: '1AY&SY', what: `a bzip2 file: ${UNPACK}` },
  { begins: '\xfd7zXZ', what: `an xz file: ${UNPACK}` },
  { begins: '\x28\xb5\x2f\xfd', what: `a Zstandard file: ${UNPACK}` },
  { begins: '7z\xbc\xaf', what: `a 7-Zip archive: ${UNPACK}` },
  { begins: '%PDF-', what: `a PDF document: ${SAVE_TABLE}` },
  { begins: 'PAR1', what: `a Parquet file: ${SAVE_TABLE}` },
  { begins: 'SQLite format 3', what: `an SQLite database: ${SAVE_TABLE}` },
  { begins: '\x89PNG', what: 'a picture, not a table: upload a CSV file' },
  { begins: '\xff\xd8\xff', what: 'a picture, not a table: upload a CSV file' },
  { begins: 'GIF8', what: 'a picture, not a table: upload a CSV file' },
];

const MARKUP: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^\s*(<!doctype html|<html)/i, 'a web page: download the CSV file itself'],
  [/^\s*<\?xml/, `an XML document: ${SAVE_TABLE}`],
  [/^\s*(\{\s*"|\[\s*[{[])/, `JSON: ${SAVE_TABLE}`],
];

/**
 * @param head the first bytes of a file.
 * @throws ClientError BAD_USER_INPUT for what is well known not to be CSV; it says what to do about it.
 */
export function refuseOtherFormats(head: Buffer): void {
  const text = head.toString('latin1');
  const what =
    SIGNATURES.find(({ begins, holds = '' }) => text.startsWith(begins) && text.includes(holds))?.what ??
    MARKUP.find(([beginning]) => beginning.test(text))?.[1];
  if (what) throw refusal(`The file is ${what}.`);
}
