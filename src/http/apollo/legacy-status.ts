import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { RequestContext } from './request-context';

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

const answer200: GraphQLRequestListener<RequestContext> = {
  async willSendResponse({ response: { http, body } }) {
    // A document past the limits is not just wrong, it is refused: 400 for everyone.
    const errors = (body.kind === 'single' && body.singleResult.errors) || [];
    const isWrong = errors.every(({ extensions }) => extensions?.['code'] === 'BAD_USER_INPUT');
    if (http.status === 400 && isWrong) http.status = 200;
  },
};
