import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  TypeInfo,
  ValidationContext,
  type ValidationRule,
  valueFromASTUntyped,
} from 'graphql';
import { ClientError } from '../errors';
import { DocumentMeasure, type Sizes } from './document-measure';

/** How much one operation may ask for. */
export type DocumentLimits = Sizes;

export const DOCUMENT_LIMITS: DocumentLimits = {
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

/** A validation rule that answers TOO_COMPLEX to documents past the limits, naming limit and value. */
export function limitDocument(limits: DocumentLimits = DOCUMENT_LIMITS): ValidationRule {
  return (context) =>
    ({
      OperationDefinition(operation) {
        const type = context.getSchema().getRootType(operation.operation);
        if (!type) return;
        const found = new DocumentMeasure(context).selections(operation.selectionSet, type);
        for (const limit of ['depth', 'aliases', 'directives', 'rootFields', 'cost'] as const) {
          if (found[limit] > limits[limit]) {
            context.reportError(tooComplex(NAMES[limit], found[limit], limits[limit]));
          }
        }
      },
    }) satisfies ASTVisitor;
}

/**
 * Tells whether an operation is past a limit of cost with the variables that came with it: null, or
 * the error (TOO_COMPLEX). Only documents with a list in a variable that multiplies are measured again.
 */
export type LimitRequest = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
) => GraphQLError | null;

export function limitRequest(schema: GraphQLSchema, limit = REQUEST_COST): LimitRequest {
  /** By operation; null: its cost is the same whatever its variables hold. */
  const contexts = new WeakMap<OperationDefinitionNode, ValidationContext | null>();

  return (document, operation, variables) => {
    const type = schema.getRootType(operation.operation);
    let context = contexts.get(operation);
    if (context === null || !type) return null;
    context ??= new ValidationContext(schema, document, new TypeInfo(schema), () => undefined);
    const measure = new DocumentMeasure(context, withDefaults(operation, variables ?? {}));
    const { cost } = measure.selections(operation.selectionSet, type);
    contexts.set(operation, measure.dependsOnVariables ? context : null);
    return measure.dependsOnVariables && cost > limit
      ? tooComplex(`${NAMES.cost} with its variables`, cost, limit)
      : null;
  };
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
  depth: 'depth',
  aliases: 'number of aliases',
  directives: 'number of directives',
  rootFields: 'number of root fields',
  cost: 'cost (fields and list items, times the sizes of the lists they are in)',
};

function tooComplex(name: string, found: number, limit: number): GraphQLError {
  const message = `The document's ${name} is ${found}, past the limit of ${limit}: ask for less at once`;
  return new GraphQLError(message, {
    originalError: new ClientError('TOO_COMPLEX', message, { limit, found }),
  });
}
