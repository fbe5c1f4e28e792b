import { type ASTVisitor, GraphQLError, type ValidationRule } from 'graphql';
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

const NAMES: Record<keyof DocumentLimits, string> = {
  depth: 'depth',
  aliases: 'number of aliases',
  directives: 'number of directives',
  rootFields: 'number of root fields',
  cost: 'cost (fields, times the sizes of the lists they are in)',
};

function tooComplex(name: string, found: number, limit: number): GraphQLError {
  const message = `The document's ${name} is ${found}, past the limit of ${limit}: ask for less at once`;
  return new GraphQLError(message, {
    originalError: new ClientError('TOO_COMPLEX', message, { limit, found }),
  });
}
