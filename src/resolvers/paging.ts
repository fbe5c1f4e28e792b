import { isPrintable } from '../check-text';
import { ClientError } from '../errors';
import type { Page, PageRequest } from '../membership/room';
import { checkFirst, type PageArgs } from '../schema/arguments';
import type { Connection } from '../schema/connection';

/** A list that is read in pages. `name` tells it from all others, so that another list's cursor is refused. */
export interface PagedList<Item, Node> {
  readonly name: string;
  /** What the list is ordered by, unique in it. */
  readonly placeOf: (item: Item) => string;
  /** Whether a text can be a place: without it, any can. */
  readonly isPlace?: (text: string) => boolean;
  readonly toNode: (item: Item) => Node;
}

type Cursors = Pick<PagedList<never, unknown>, 'name' | 'isPlace'>;

/** @throws ClientError BAD_USER_INPUT when `first` is out of bounds or `after` is not a cursor of this list. */
export function pageRequest(list: Cursors, { first, after }: PageArgs): PageRequest<string> {
  return { first: checkFirst(first), after: readCursor(list, after ?? null) };
}

export function toConnection<Item, Node>(
  list: PagedList<Item, Node>,
  { items, hasMore }: Page<Item>,
): Connection<Node> {
  const edges = items.map((item) => ({
    node: list.toNode(item),
    cursor: writeCursor(list.name, list.placeOf(item)),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The page of the first rows, when one more was asked for than it holds. */
export function toPage<Item>(rows: readonly Item[], first: number): Page<Item> {
  return { items: rows.slice(0, first), hasMore: rows.length > first };
}

function writeCursor(list: string, place: string): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

function readCursor({ name, isPlace }: Cursors, cursor: string | null): string | null {
  if (cursor === null) return null;
  const place = placeIn(name, cursor);
  // Written again it must be the same: base64 has many spellings of one content.
  const isOurs = place !== null && writeCursor(name, place) === cursor;
  // The sender may have written it: only the list's own kind of place goes to the database.
  if (isOurs && isPlace?.(place) !== false) return place;
  throw new ClientError(
    'BAD_USER_INPUT',
    'after is not a cursor of this list: use the endCursor of its previous page.',
  );
}

function placeIn(list: string, cursor: string): string | null {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [of, place] = Array.isArray(content) ? content : [];
    return of === list && typeof place === 'string' && isPrintable(place) ? place : null;
  } catch {
    return null;
  }
}
