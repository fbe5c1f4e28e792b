import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';

/** Parses and checks what clients send, once for many clients that send the same. */
export interface Documents {
  /**
   * @param client who sends it: new documents of different clients are read by turns.
   * @throws OperationRefused when the text isn't a valid document, or asks for too much.
   */
  get(text: string, client: string): DocumentNode | Promise<DocumentNode>;
}

/** Why an operation doesn't start: every error goes into the `error` message. */
export class OperationRefused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.name = 'OperationRefused';
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
