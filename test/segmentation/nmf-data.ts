import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '../shared-data';

/** Of a line of CSV, with or without quotes; the files have no quotes inside of quotes. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

function linesOf(file: string): string[] {
  return readFileSync(join(sharedData, file), 'utf8').trim().split(/\r?\n/);
}

/** 115 × 26: the survey's multi-choice columns, one-hot, column by column in alphabetical order. */
export function surveyRows(): number[][] {
  const answers = linesOf('nomads/survey.csv')
    .slice(1)
    .map((line) => cellsOf(line).slice(1).map(choicesOf));
  const choices = [0, 1, 2, 3].flatMap((column) =>
    [...new Set(answers.flatMap((answer) => answer[column] ?? []))]
      .sort()
      .map((choice) => ({ column, choice })),
  );
  return answers.map((answer) =>
    choices.map(({ column, choice }) => Number(answer[column]?.includes(choice) ?? false)),
  );
}

function choicesOf(cell: string): string[] {
  return cell
    .split(',')
    .map((choice) => choice.trim())
    .filter(Boolean);
}

/** 440 × 6: every spending divided by its maximum. */
export function wholesaleRows(): number[][] {
  const spendings = linesOf('customers/wholesale.csv')
    .slice(1)
    .map((line) => cellsOf(line).slice(2).map(Number));
  const largest = (spendings[0] ?? []).map((_, i) => Math.max(...spendings.map((row) => row[i] as number)));
  return spendings.map((row) => row.map((value, i) => value / (largest[i] as number)));
}

/** 9,835 × 169: which items are in a basket. */
export function groceryRows(): number[][] {
  const baskets = linesOf('customers/groceries.csv').map((line) => new Set(cellsOf(line)));
  const items = [...new Set(baskets.flatMap((basket) => [...basket]))].sort();
  return baskets.map((basket) => items.map((item) => Number(basket.has(item))));
}
