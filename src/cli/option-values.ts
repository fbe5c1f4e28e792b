import { InvalidArgumentError } from 'commander';
import type { ColumnEncodingKind, DeclaredEncoding, NumberScale } from '../datasets/table/column';
import { COLUMN_ENCODING_KINDS, NUMBER_SCALES } from '../datasets/table/column';
import { FEWEST_SEGMENTS, MOST_SEGMENTS } from '../models/training/training-request';

export function segmentsOption(text: string): number {
  return wholeNumber(text, FEWEST_SEGMENTS, MOST_SEGMENTS);
}

export function seedOption(text: string): number {
  return wholeNumber(text, 0, 2 ** 32 - 1);
}

export function rangeOption(text: string): [number, number] {
  const [, from = '', to = ''] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (to === '') throw new InvalidArgumentError('It must be two numbers, like 2-8.');
  const range: [number, number] = [segmentsOption(from), segmentsOption(to)];
  if (range[0] > range[1]) throw new InvalidArgumentError('The first number must not be the larger one.');
  return range;
}

/** `column=KIND`, `column=NUMBER:LOG`, `column=MULTI_CHOICE:;`. A column's name may have a = itself. */
export function encodingOption(text: string, before: readonly DeclaredEncoding[]): DeclaredEncoding[] {
  const [, column, kindText = '', detail] = /^(.*)=([A-Za-z_]+)(?::(.*))?$/s.exec(text) ?? [];
  if (column === undefined) throw new InvalidArgumentError('It must be like column=KIND.');
  const kind = kindText.toUpperCase() as ColumnEncodingKind;
  if (!COLUMN_ENCODING_KINDS.includes(kind)) {
    throw new InvalidArgumentError(`There is no kind ${kindText}, but ${COLUMN_ENCODING_KINDS.join(', ')}.`);
  }
  return [...before, { column, kind, ...detailOf(kind, detail) }];
}

function detailOf(kind: ColumnEncodingKind, detail: string | undefined): Partial<DeclaredEncoding> {
  if (detail === undefined) return {};
  if (kind === 'MULTI_CHOICE' && detail !== '') return { separator: detail };
  const scale = detail.toUpperCase() as NumberScale;
  if (kind === 'NUMBER' && NUMBER_SCALES.includes(scale)) return { scale };
  throw new InvalidArgumentError(
    `Only NUMBER takes a scale (${NUMBER_SCALES.join(', ')}), and MULTI_CHOICE a separator, not ${kind} "${detail}".`,
  );
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
}
