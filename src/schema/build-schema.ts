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
  const instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const container: ContainerType = { get: (resolverClass) => instances.get(resolverClass) };
  const schema = buildSchemaSync({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<() => unknown>,
    container,
    validate: false,
    pubSub: NO_TOPICS,
  });
  callMethodsDirectly(schema);
  return schema;
}

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
 * type-graphql resolves a field that is a method or a getter of its own class through promises, one for the field
 * and one for each argument. A getter needs no resolver at all, and a method takes all its arguments as one object
 * (`@Args`), just as GraphQL passes them: so both can be called as they are, many times in every answer.
 */
function callMethodsDirectly(schema: GraphQLSchema): void {
  const direct = new Map<unknown, GraphQLFieldResolver<unknown, unknown> | undefined>();
  for (const metadata of getMetadataStorage().fieldResolvers) {
    if (metadata.kind !== 'internal') continue;
    const typeName = getMetadataStorage().objectTypes.find(
      ({ target }) => target === metadata.getObjectType?.(),
    )?.name;
    const type = schema.getType(typeName ?? '');
    const field = isObjectType(type) ? type.getFields()[metadata.schemaName] : undefined;
    if (field === undefined) continue;
    const { methodName, params } = metadata;
    direct.set(
      field.resolve,
      params?.length
        ? (source, args) => (source as Record<string, (args: object) => unknown>)[methodName]?.(args)
        : undefined,
    );
  }
  // Subtypes share their parents' resolvers: hence by function, over all types.
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = direct.get(field.resolve);
      if (resolve !== undefined) field.resolve = resolve;
      else if (direct.has(field.resolve)) delete field.resolve;
    }
  }
}
