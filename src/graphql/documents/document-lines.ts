import type { DocumentNode, GraphQLError, Source, SourceLocation } from 'graphql';

/** Places of one error that are told. */
const MAX_LOCATIONS = 10;

/** The text of a document, or where its lines begin once somebody asked, by its source. */
const texts = new WeakMap<Source, string | readonly number[]>();

/**
 * Lets `locationsOf` look up the lines of a document. graphql-js finds the line of each node of each
 * error by reading all lines before it: a refusal could name hundreds of nodes behind thousands of
 * lines, and a run could fail thousands of times. So it is left no lines to read.
 */
export function keepLines({ loc }: DocumentNode): void {
  if (!loc) return;
  texts.set(loc.source, loc.source.body);
  loc.source.body = '';
}

/** Where in its document an error belongs: lines and columns, from 1. */
export function locationsOf({
  source,
  positions,
  locations,
}: GraphQLError): readonly SourceLocation[] | undefined {
  const text = source && texts.get(source);
  if (text === undefined || !source || !positions) return locations;
  const starts = typeof text === 'string' ? startsOf(text) : text;
  texts.set(source, starts);
  return positions.slice(0, MAX_LOCATIONS).map((position) => {
    const line = lineAt(starts, position);
    return { line: line + 1, column: position - (starts[line] ?? 0) + 1 };
  });
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\n' || (letter === '\r' && text[at + 1] !== '\n')) starts.push(at + 1);
  }
  return starts;
}

/** The last line that does not start behind the position, by bisection. */
function lineAt(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
