import 'reflect-metadata';
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import {
  buildSchemaSync,
  type ContainerType,
  getMetadataStorage,
  type NonEmptyArray,
  type PubSub,
} from 'type-graphql';

/**
 * The GraphQL schema over resolver instances.
 *
 * Inputs are checked where they are used: GraphQL has checked their types, and class-validator would take
 * longer than all the rest of a request.
 */
export function buildSchema(resolvers: readonly object[]): GraphQLSchema {
  const instances: Instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const container: ContainerType = { get: (resolverClass) => instances.get(resolverClass) };
  const schema = buildSchemaSync({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<() => unknown>,
    container,
    validate: false,
    pubSub: NO_TOPICS,
  });
  callMethodsDirectly(schema, instances);
  return schema;
}

type Instances = ReadonlyMap<unknown, object>;
type Resolve = GraphQLFieldResolver<unknown, unknown, Record<string, unknown>>;
type Method = (...parameters: unknown[]) => unknown;

/** Every subscription names its own source (`subscribe`), so type-graphql's topics have no use here. */
const NO_TOPICS: PubSub = {
  publish() {
    throw new Error('Events are published on the bus');
  },
  subscribe() {
    throw new Error('A subscription without a source of its own');
  },
};

/**
 * type-graphql's own resolvers make a promise for every argument and copy every input into an instance of its
 * class, field by field. The methods and getters here want neither: their fields call them with what GraphQL passes.
 */
function callMethodsDirectly(schema: GraphQLSchema, instances: Instances): void {
  const { queries, mutations, subscriptions, fieldResolvers, objectTypes } = getMetadataStorage();
  const direct = new Map<unknown, Resolve>();
  const bind = (typeName: string | undefined, fieldName: string, resolve: Resolve) => {
    const type = schema.getType(typeName ?? '');
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field !== undefined) direct.set(field.resolve, resolve);
  };
  const roots = { Query: queries, Mutation: mutations, Subscription: subscriptions };
  for (const [typeName, handlers] of Object.entries(roots)) {
    for (const handler of handlers)
      bind(typeName, handler.schemaName, callOn(instances.get(handler.target), handler));
  }
  for (const handler of fieldResolvers) {
    const typeName = objectTypes.find(({ target }) => target === handler.getObjectType?.())?.name;
    if (handler.kind === 'external')
      bind(typeName, handler.schemaName, callOn(instances.get(handler.target), handler));
    else
      bind(
        typeName,
        handler.schemaName,
        handler.params?.length ? callOn(null, handler) : read(handler.methodName),
      );
  }
  // Subtypes share their parents' resolvers: hence by function, over all types.
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = direct.get(field.resolve);
      if (resolve !== undefined) field.resolve = resolve;
    }
  }
}

type Handler = Pick<ReturnType<typeof getMetadataStorage>['fieldResolvers'][number], 'methodName' | 'params'>;

/** @param instance whose method it is; null: the source's own. */
function callOn(instance: object | null | undefined, { methodName, params }: Handler): Resolve {
  const parameters = [...(params ?? [])]
    .sort((a, b) => a.index - b.index)
    .map((parameter): Resolve => {
      if (parameter.kind === 'arg') return (_source, args) => args[parameter.name];
      if (parameter.kind === 'args') return (_source, args) => args;
      if (parameter.kind === 'root') return (source) => source;
      if (parameter.kind === 'context') return (_source, _args, context) => context;
      if (parameter.kind === 'info') return (_source, _args, _context, info) => info;
      throw new Error(`${methodName} has a parameter of a kind that fields do not pass: ${parameter.kind}`);
    });
  return (source, args, context, info) => {
    const owner = (instance ?? source) as Record<string, Method>;
    return owner[methodName]?.(...parameters.map((parameter) => parameter(source, args, context, info)));
  };
}

function read(property: string): Resolve {
  return (source) => (source as Record<string, unknown>)[property];
}
