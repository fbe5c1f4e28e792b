import { type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';
import { type Role, requireOperator, requireRole, type Viewer } from '../viewer';

/** Anything with the viewer in it: a request's context. */
interface Asked {
  readonly viewer: Viewer;
}

/** Whether a MEMBER may have what it asks for; `null`: it gets null, as if there were nothing. @throws ClientError. */
export type OwnCheck = (
  source: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: each field has arguments of its own
  args: any,
  // biome-ignore lint/suspicious/noExplicitAny: the context is the resolvers' business
  context: any,
) => true | null | Promise<true | null>;

/** Who may ask for a field. */
export interface FieldRule {
  /** The least role: MEMBER, then APP, then ADMIN. */
  readonly role: Role;
  /** Of the default organization alone. */
  readonly operator?: true;
  /** Of a MEMBER alone; others may ask for anybody's. */
  readonly own?: OwnCheck;
}

/** By type, then by field. */
export type FieldAccess = Readonly<Record<string, Readonly<Record<string, FieldRule>>>>;

/**
 * Puts its rule before every field.
 *
 * @throws Error when a field has no rule, or a rule no field.
 */
export function guardFields(schema: GraphQLSchema, access: FieldAccess): void {
  const unused = new Set(
    Object.entries(access).flatMap(([type, fields]) =>
      Object.keys(fields).map((field) => `${type}.${field}`),
    ),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const rule = access[type.name]?.[name];
      if (rule === undefined) throw new Error(`${type.name}.${name} has no rule of access`);
      unused.delete(`${type.name}.${name}`);
      if (rule.role === 'MEMBER' && rule.own === undefined) continue;
      // A subscription is asked for once, not with every event.
      if (isSubscription(schema, type)) field.subscribe = guard(rule, field.subscribe);
      else field.resolve = guard(rule, field.resolve, name);
    }
  }
  if (unused.size > 0) throw new Error(`There are rules of access for no fields: ${[...unused].join(', ')}`);
}

type Resolve = GraphQLFieldResolver<unknown, Asked>;

function isSubscription(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return type === schema.getSubscriptionType();
}

function guard(rule: FieldRule, resolve: Resolve | undefined, name = ''): Resolve {
  const next: Resolve = resolve ?? ((source) => (source as Record<string, unknown>)[name]);
  const { role, operator, own } = rule;
  return (source, args, context, info) => {
    const { viewer } = context;
    requireRole(viewer, role);
    if (operator) requireOperator(viewer);
    if (own === undefined || viewer.role !== 'MEMBER') return next(source, args, context, info);
    const may = own(source, args, context);
    if (may === true) return next(source, args, context, info);
    return Promise.resolve(may).then((allowed) => (allowed ? next(source, args, context, info) : null));
  };
}
