import { GraphQLError, locatedError, responsePathAsArray } from 'graphql';
import type { Path } from 'graphql/jsutils/Path';
import type { FieldPlan } from './operation-plan';

/** The errors of one execution, kept as graphql-js keeps them: none from below what is null already. */
export class FieldErrors {
  readonly all: GraphQLError[] = [];
  readonly #nulled = new Set<Path | undefined>();

  /** @param path of what becomes null; undefined: the whole answer. */
  add(error: GraphQLError, path: Path | undefined): void {
    for (let above = path; above !== undefined; above = above.prev) if (this.#nulled.has(above)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.all.push(error);
  }
}

/** Tells an error where in the answer, and in the document, it belongs. */
export function locate(error: unknown, { nodes }: FieldPlan, path: Path): GraphQLError {
  return locatedError(error, nodes, responsePathAsArray(path));
}
