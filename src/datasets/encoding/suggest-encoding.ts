import { looksLikeValue } from '../csv/csv-header';
import type { DatasetColumn, DeclaredEncoding } from '../table/column';

type Facts = Omit<DatasetColumn, 'suggestedEncoding' | 'note'>;
type Suggestion = Omit<DeclaredEncoding, 'column'>;

const IGNORE: Suggestion = { kind: 'IGNORE' };
const MOST_CATEGORIES = 50;
const MOST_CODES = 12;
/** Fewer rows than these may well be numbered 1, 2, 3 … by chance. */
const LEAST_RUNNING_NUMBERS = 20;

/**
 * How a column is likely meant to become features. IGNORE stands for what tells persons apart rather than groups
 * (names, numbers and times of the rows, free text), for what is the same everywhere, and for numbers below zero, which
 * a non-negative matrix cannot hold.
 *
 * @param rows of the whole table.
 * @param sample some cells of a TEXT column.
 */
export function suggestEncoding(facts: Facts, rows: number, sample: readonly string[]): DeclaredEncoding {
  return { column: facts.name, ...suggestion(facts, rows - facts.missing, sample) };
}

function suggestion(facts: Facts, present: number, sample: readonly string[]): Suggestion {
  if (present === 0) return IGNORE;
  switch (facts.type) {
    case 'ITEMS':
      return { kind: 'BASKET' };
    case 'BOOLEAN':
      return { kind: 'BOOLEAN' };
    case 'TEXT':
      return textSuggestion(facts, present, sample);
    default:
      return numberSuggestion(facts, present);
  }
}

function numberSuggestion(facts: Facts, present: number): Suggestion {
  const { type, distinct } = facts;
  const [min, max] = [Number(facts.min), Number(facts.max)];
  if (type === 'INTEGER' && min >= 0 && max <= 1) return { kind: 'BOOLEAN' };
  if (distinct === 1 || min < 0 || tellsRowsApart(facts, present)) return IGNORE;
  // 1 to 3 for channels or regions: codes. What counts something begins at 0, or is no such unbroken series.
  const areCodes = type === 'INTEGER' && min === 1 && max === distinct && distinct <= MOST_CODES;
  if (areCodes && distinct <= present / 5) return { kind: 'CATEGORY' };
  return { kind: 'NUMBER', scale: 'MAX' };
}

function textSuggestion(facts: Facts, present: number, sample: readonly string[]): Suggestion {
  if (facts.distinct === 1 || tellsRowsApart(facts, present)) return IGNORE;
  if (sample.filter(looksLikeValue).length > 0.9 * sample.length) return IGNORE;
  const separator = separatorOf(sample);
  if (separator) return { kind: 'MULTI_CHOICE', separator };
  const isCategory = facts.distinct <= MOST_CATEGORIES && facts.distinct <= present / 2;
  return isCategory ? { kind: 'CATEGORY' } : IGNORE;
}

/** Whether this is a number or name of the row, or of whom it belongs to. */
function tellsRowsApart({ name, type, distinct, min, max }: Facts, present: number): boolean {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const isMany = distinct > MOST_CATEGORIES || distinct > present / 2;
  if (isMany && words.some((word) => ['id', 'uuid', 'guid', 'customer', 'timestamp'].includes(word)))
    return true;
  const isRunning = type === 'INTEGER' && Number(max) - Number(min) + 1 === present && distinct === present;
  return isRunning && present >= LEAST_RUNNING_NUMBERS;
}

const SEPARATORS = [',', ';', '|'] as const;
const MOST_CHOICES = 200;
const LONGEST_CHOICE = 80;

/** What stands between the choices of a multi-choice question; undefined: it is none. */
function separatorOf(cells: readonly string[]): string | undefined {
  return SEPARATORS.find((separator) => {
    const answers = cells.map((cell) => cell.split(separator).map((choice) => choice.trim()));
    const choices = answers.flat();
    const different = new Set(choices);
    const several = answers.filter((answer) => answer.length > 1).length;
    // Not so "Madrid, Spain": people differ in how much they choose.
    const numbersDiffer = new Set(answers.map((answer) => answer.length)).size > 1;
    return (
      numbersDiffer &&
      several >= Math.max(2, 0.2 * answers.length) &&
      different.size <= MOST_CHOICES &&
      choices.length >= 2 * different.size &&
      choices.every((choice) => choice.length <= LONGEST_CHOICE) &&
      choices.filter(looksLikeValue).length < choices.length / 2 &&
      answers.filter((answer) => new Set(answer).size < answer.length).length <= 0.05 * answers.length
    );
  });
}
