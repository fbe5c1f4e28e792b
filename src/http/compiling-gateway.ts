import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { createExecutor } from './compiled-executor';
import { limitRequest } from './document-limits';
import type { FormatError } from './format-error';
import type { RequestContext } from './graphql';

type Gateway = NonNullable<ApolloServerOptions<BaseContext>['gateway']>;
type GatewayExecutor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/** Apollo Server's one hook for another executor is meant for federation; a gateway to ourselves fits it. */
export function compilingGateway(schema: GraphQLSchema, formatError: FormatError): Gateway {
  const execute = createExecutor(schema);
  const limit = limitRequest(schema);
  const executor: GatewayExecutor = async ({ document, operation, request, context }) => {
    if (operation?.operation === 'subscription') return { errors: [SUBSCRIPTION_OVER_HTTP] };
    const { requestId } = context as RequestContext;
    try {
      const { operationName, variables } = request;
      const refused = operation && limit(document, operation, variables);
      if (refused) return { errors: [format(refused)] };
      const result = await execute({ document, operationName, variables, context });
      return result.errors === undefined ? result : { ...result, errors: result.errors.map(format) };
    } catch (error) {
      return { data: null, errors: [format(error)] };
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

/** An error as its client is to see it; Apollo asks for the type. */
export class FormattedError extends GraphQLError {
  constructor(private readonly formatted: GraphQLFormattedError) {
    super(formatted.message, { extensions: formatted.extensions });
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}

const SUBSCRIPTION_OVER_HTTP = new FormattedError({
  message: 'Subscriptions are served over WebSockets only: connect to this address with graphql-transport-ws',
  extensions: { code: 'BAD_USER_INPUT' },
});
