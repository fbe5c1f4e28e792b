import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { createRequestCost, limitRequest } from '../../graphql/documents/document-limits';
import type { FairQueue } from '../../graphql/documents/fair-queue';
import { createExecutor } from '../../graphql/execution/executor';
import type { FormatError } from '../../graphql/format-error';
import { identityOf } from '../../viewer';
import { FormattedError } from './formatted-error';
import type { RequestContext } from './request-context';

type Gateway = NonNullable<ApolloServerOptions<BaseContext>['gateway']>;
type GatewayExecutor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/** What runs at once, however many of them come; what costs more takes turns with other clients. */
const FREE_COST = 500;

/** Errors that an answer tells one by one. */
const MAX_ERRORS = 100;

/** Apollo Server's one hook for another executor is meant for federation; a gateway to ourselves fits it. */
export function executorGateway(schema: GraphQLSchema, formatError: FormatError, turns: FairQueue): Gateway {
  const execute = createExecutor(schema);
  const costOf = createRequestCost(schema);
  const executor: GatewayExecutor = async ({ document, operation, request, context }) => {
    if (operation?.operation === 'subscription') return { errors: [SUBSCRIPTION_OVER_HTTP] };
    const { requestId, viewer } = context as RequestContext;
    try {
      const { operationName, variables } = request;
      const cost = operation ? costOf(document, operation, variables) : 0;
      const refused = limitRequest(cost);
      if (refused) return { errors: [format(refused)] };
      if (cost > FREE_COST) await turns.take(identityOf(viewer), cost);
      const result = await execute({ document, operationName, variables, context });
      return result.errors === undefined ? result : { ...result, errors: formatAll(result.errors) };
    } catch (error) {
      return { data: null, errors: [format(error)] };
    }

    function formatAll(errors: readonly GraphQLError[]): GraphQLError[] {
      const told = errors.slice(0, MAX_ERRORS).map(format);
      const left = errors.length - told.length;
      return left > 0 ? [...told, moreErrors(left, told[0]?.extensions)] : told;
    }

    function format(error: unknown): GraphQLError {
      return new FormattedError(formatError(error, requestId));
    }
  };
  return {
    async load() {
      return { executor };
    },
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    async stop() {},
  };
}

function moreErrors(count: number, extensions: GraphQLFormattedError['extensions'] = {}): GraphQLError {
  return new FormattedError({ message: `${count} more errors are not told one by one`, extensions });
}

const SUBSCRIPTION_OVER_HTTP = new FormattedError({
  message: 'Subscriptions are served over WebSockets only: connect to this address with graphql-transport-ws',
  extensions: { code: 'BAD_USER_INPUT' },
});
