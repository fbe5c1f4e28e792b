import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import { type GraphQLFormattedError, parse } from 'graphql';
import type { DocumentStore } from '../../graphql/documents/document-store';
import { OperationRefused } from '../../graphql/documents/operation-refused';
import type { FormatError } from '../../graphql/format-error';
import { identityOf } from '../../viewer';
import type { RequestContext } from './request-context';

/** Stands for a document that is refused, so that Apollo Server neither parses nor validates it. */
const REFUSED = parse('{ __typename }');

/** Has documents read by the store instead of Apollo Server, which would validate them whatever that takes. */
export function readDocuments(
  documents: DocumentStore,
  formatError: FormatError,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let errors: GraphQLFormattedError[] | undefined;
      return {
        async didResolveSource(request) {
          const { viewer, requestId } = request.contextValue;
          try {
            const read = documents.get(request.source, identityOf(viewer));
            Object.assign(request, { document: read instanceof Promise ? await read : read });
          } catch (error) {
            if (!(error instanceof OperationRefused)) throw error;
            Object.assign(request, { document: REFUSED });
            errors = error.errors.map((each) => formatError(each, requestId));
          }
        },
        async responseForOperation() {
          if (!errors) return null;
          return {
            http: { status: 400, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { errors } },
          };
        },
      } satisfies GraphQLRequestListener<RequestContext>;
    },
  };
}
