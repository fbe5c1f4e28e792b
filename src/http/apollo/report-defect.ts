import type { ApolloServerPlugin } from '@apollo/server';
import type { FormatError } from '../../graphql/format-error';
import { FormattedError } from './formatted-error';
import type { RequestContext } from './request-context';

/**
 * Tells of a defect met while a document was read or checked under the request's own id. Apollo Server
 * would answer an error of its own making, from which neither the defect nor its request can be told;
 * what is thrown here is answered instead.
 */
export function reportDefect(formatError: FormatError): ApolloServerPlugin<RequestContext> {
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      throw new FormattedError(formatError(error, requestContext.contextValue.requestId));
    },
  };
}
