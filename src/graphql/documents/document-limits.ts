import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import { ClientError } from '../../errors';
import { DocumentMeasure, largest, NOTHING, type Sizes } from './document-measure';

/** How much one operation may ask for; selections: all operations of a document together. */
export type DocumentLimits = Sizes;

export const DOCUMENT_LIMITS: DocumentLimits = {
  selections: 2_000,
  depth: 15,
  aliases: 30,
  directives: 50,
  rootFields: 20,
  cost: 10_000,
};

/**
 * The cost that an operation may have with the lists in its variables. Their items were all sent by
 * the client, so more is fair than for a few words: 1,000 items, 30 fields of each.
 */
export const REQUEST_COST = 40_000;

/** Tokens that a document may have; for `parse`, so that no longer one is ever read to its end. */
export const MAX_TOKENS = 2000;

/** Characters that a document may have, blanks and comments included. */
export const MAX_LENGTH = 65_536;

/** The error of a document that is too long to be parsed. */
export function limitLength({ length }: string): GraphQLError | null {
  return length > MAX_LENGTH ? tooComplex('number of characters', length, MAX_LENGTH) : null;
}

/** The sizes of a document, valid or not: its largest operation's; selections: all operations together. */
export function measureDocument(schema: GraphQLSchema, document: DocumentNode): Sizes {
  const measure = new DocumentMeasure(schema, document);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map(({ operation, selectionSet }) =>
      measure.selections(selectionSet, schema.getRootType(operation) ?? undefined),
    )
    .reduce(largest, NOTHING);
}

/**
 * The errors (TOO_COMPLEX, naming limit and value) of a document past the limits: what checks, plans
 * and runs documents is given none that may keep it busy.
 */
export function limitDocument(sizes: Sizes, limits: DocumentLimits = DOCUMENT_LIMITS): GraphQLError[] {
  return LIMITS.flatMap((limit) =>
    sizes[limit] > limits[limit] ? tooComplex(NAMES[limit], sizes[limit], limits[limit]) : [],
  );
}

/** What an operation costs with the variables that came with it. */
export type RequestCost = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
) => number;

export function createRequestCost(schema: GraphQLSchema): RequestCost {
  /** Of operations that cost the same whatever their variables hold. */
  const constant = new WeakMap<OperationDefinitionNode, number>();

  return (document, operation, variables) => {
    const known = constant.get(operation);
    if (known !== undefined) return known;
    const measure = new DocumentMeasure(schema, document, withDefaults(operation, variables ?? {}));
    const type = schema.getRootType(operation.operation) ?? undefined;
    const { cost } = measure.selections(operation.selectionSet, type);
    if (!measure.dependsOnVariables) constant.set(operation, cost);
    return cost;
  };
}

/** The error (TOO_COMPLEX) of a request that costs more than it may, or null. */
export function limitRequest(cost: number, limit = REQUEST_COST): GraphQLError | null {
  return cost > limit ? tooComplex(`${NAMES.cost} with its variables`, cost, limit) : null;
}

function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    variableDefinitions.map(({ variable: { name }, defaultValue }) => {
      const value = Object.hasOwn(given, name.value) ? given[name.value] : undefined;
      return [name.value, value === undefined && defaultValue ? valueFromASTUntyped(defaultValue) : value];
    }),
  );
}

const NAMES: Record<keyof DocumentLimits, string> = {
  selections: 'number of selections (fields and fragments, each as often as it is used)',
  depth: 'depth',
  aliases: 'number of aliases',
  directives: 'number of directives',
  rootFields: 'number of root fields',
  cost: 'cost (fields and list items, times the sizes of the lists they are in)',
};
const LIMITS = Object.keys(NAMES) as (keyof DocumentLimits)[];

export function tooComplex(name: string, value: number, limit: number): GraphQLError {
  const found = Math.min(value, Number.MAX_SAFE_INTEGER); // JSON knows no infinity
  const message = `The document's ${name} is ${found}, past the limit of ${limit}: ask for less at once`;
  return new GraphQLError(message, {
    originalError: new ClientError('TOO_COMPLEX', message, { limit, found }),
  });
}
