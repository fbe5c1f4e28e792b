import { ClientError } from '../../errors';

/** Where in the file: lines count from 1 as an editor shows them, columns are cells and count from 1 too. */
export interface CsvPlace {
  readonly line: number;
  readonly column: number;
}

export function unclosedQuote({ line, column }: CsvPlace): ClientError {
  return refusal(
    `Line ${line}, column ${column}: the quote (") that opens here is never closed. Close it, or double it if it is part of the text.`,
    { line, column },
  );
}

export function textAfterQuote({ line, column }: CsvPlace): ClientError {
  return refusal(
    `Line ${line}, column ${column}: text follows the closing quote ("). Quote the whole cell, and double the quotes inside of it.`,
    { line, column },
  );
}

export function notText({ line, column }: CsvPlace): ClientError {
  return refusal(
    `Line ${line}, column ${column}: a NUL byte, which is no text. Save the file as CSV in UTF-8.`,
    {
      line,
      column,
    },
  );
}

export function endlessRow(line: number, mostBytes: number): ClientError {
  return refusal(
    `The row that begins in line ${line} is longer than ${mostBytes} bytes: is a quote (") left open, or do lines end with something else than LF, CRLF or CR?`,
    { line },
  );
}

/** @param standard what says how many cells there have to be, as in "the header". */
export function raggedRow(line: number, cells: number, standard: string, width: number): ClientError {
  return refusal(
    `Line ${line} has ${count(cells, 'cell')}, but ${standard} has ${width}: every line needs the same number. Quote cells that hold the delimiter.`,
    { line, cells, expected: width },
  );
}

export function tooManyRows(maxRows: number): ClientError {
  return refusal(`The file has more than ${maxRows} rows, which is the most that is allowed.`, { maxRows });
}

export function refusal(message: string, details: Readonly<Record<string, unknown>> = {}): ClientError {
  return new ClientError('BAD_USER_INPUT', message, details);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
