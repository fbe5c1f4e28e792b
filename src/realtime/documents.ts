import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LruMap } from '../lru-map';

/** Documents kept parsed; longer ones, which no client repeats by the thousand, are parsed each time. */
const KEPT_DOCUMENTS = 200;
const KEPT_LENGTH = 4_096;

/** Why an operation doesn't start: every error goes into the `error` message. */
export class OperationRefused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.name = 'OperationRefused';
  }
}

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  /** Further validation rules, such as limits of depth and cost, beside GraphQL's own. */
  readonly validationRules?: readonly ValidationRule[];
  /** Lexical tokens that a document may have. */
  readonly maxTokens?: number;
  /** Whether refusals leave out what the schema has instead. */
  readonly hideSuggestions?: boolean;
}

/** Parses and validates what clients send, once for many clients that send the same. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #rules: readonly ValidationRule[];
  readonly #maxTokens: number;
  readonly #hideSuggestions: boolean;
  readonly #kept = new LruMap<string, DocumentNode>(KEPT_DOCUMENTS);

  constructor({
    schema,
    validationRules = [],
    maxTokens = 5_000,
    hideSuggestions = false,
  }: DocumentsOptions) {
    this.#schema = schema;
    this.#rules = [...specifiedRules, ...validationRules];
    this.#maxTokens = maxTokens;
    this.#hideSuggestions = hideSuggestions;
  }

  /** @throws OperationRefused when the text isn't a valid document. */
  get(text: string): DocumentNode {
    const kept = this.#kept.get(text);
    if (kept) return kept;
    const document = this.#parse(text);
    const errors = validate(this.#schema, document, this.#rules, {
      hideSuggestions: this.#hideSuggestions,
    });
    if (errors.length > 0) throw new OperationRefused(errors.map(asUserError));
    if (text.length <= KEPT_LENGTH) this.#kept.set(text, document);
    return document;
  }

  #parse(text: string): DocumentNode {
    try {
      return parse(text, { maxTokens: this.#maxTokens });
    } catch (error) {
      throw error instanceof GraphQLError ? new OperationRefused([asUserError(error)]) : error;
    }
  }
}

/** @throws OperationRefused unless the name, or the lack of one, means one subscription of the document. */
export function subscriptionOf(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const message = operationName
      ? `The document has no operation named "${operationName}".`
      : 'The document has several operations: say which one in "operationName".';
    throw new OperationRefused([asUserError(new GraphQLError(message))]);
  }
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    const message = `Only subscriptions run over WebSocket, this is a ${operation.operation}: send it as an HTTP POST.`;
    throw new OperationRefused([asUserError(new GraphQLError(message, { nodes: operation }))]);
  }
  return operation;
}

/** Gives an error that graphql-js found in the request itself the code that says so. */
export function asUserError(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions, originalError } = error;
  if (originalError || 'code' in extensions) return error;
  return new GraphQLError(message, {
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    ...(path && { path }),
    extensions: { ...extensions, code: 'BAD_USER_INPUT' },
  });
}
