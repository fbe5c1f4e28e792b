import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { ClientError } from '../errors';
import type { RequestContext } from './graphql';

/**
 * GraphQL over HTTP has two ages. Clients that ask for `application/graphql-response+json` read the
 * status code; those that name `application/json` alone expect 200 whenever the request was
 * well-formed, and read `errors`. Apollo Server answers 400 to both.
 */
export const legacyStatus: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ request }) {
    const accept = request.http?.headers.get('accept');
    const isLegacy = accept?.includes('application/json') && !accept.includes('graphql-response+json');
    return isLegacy ? answer200 : undefined;
  },
};

const DOCUMENT_ERRORS = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];

const answer200: GraphQLRequestListener<RequestContext> = {
  async willSendResponse({ errors = [], response: { http } }) {
    // A document past the limits is not just wrong, it is refused: 400 for everyone.
    const isRefused = errors.some(({ originalError }) => originalError instanceof ClientError);
    const isAboutDocument = errors.some(({ extensions: { code } }) => DOCUMENT_ERRORS.includes(String(code)));
    if (http.status === 400 && isAboutDocument && !isRefused) http.status = 200;
  },
};
