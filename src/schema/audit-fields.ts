import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Viewer } from '../viewer';

/** What is written down of an act beside who, when and from where. */
export interface AuditNote {
  /** The id of what it was done to; null: of nothing, or of a person. */
  readonly target: string | null;
  /** Plain JSON, without anybody's userId. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Who asks, and from where: a request's context. */
interface Asked {
  readonly viewer: Viewer;
  readonly address: string;
}

/** What to write down of an act that was done; null: nothing, for the viewer did it to itself. */
export type AuditRule = (
  // biome-ignore lint/suspicious/noExplicitAny: each field has arguments of its own
  args: any,
  // biome-ignore lint/suspicious/noExplicitAny: and a result of its own
  result: any,
  viewer: Viewer,
) => AuditNote | null;

/** By type, then by field; null: no administrative act. */
export type AuditTable = Readonly<Record<string, Readonly<Record<string, AuditRule | null>>>>;

type Append = (
  act: AuditNote & {
    readonly organizationId: string;
    readonly actor: string;
    readonly action: string;
    readonly address: string;
  },
) => Promise<void>;

/**
 * Writes every administrative act down before it is answered: an answer without an error is in the log.
 *
 * @throws Error when a mutation has no decision, or a decision no field.
 */
export function auditFields(schema: GraphQLSchema, table: AuditTable, append: Append): void {
  for (const action of Object.keys(schema.getMutationType()?.getFields() ?? {})) {
    if (table['Mutation']?.[action] === undefined)
      throw new Error(`Nothing decides whether Mutation.${action} is written to the audit log`);
  }
  for (const [typeName, rules] of Object.entries(table)) {
    const type = typeName === 'Mutation' ? schema.getMutationType() : schema.getQueryType();
    for (const [action, rule] of Object.entries(rules)) {
      const field = type?.getFields()[action];
      if (field?.resolve === undefined) throw new Error(`There is no ${typeName}.${action} to audit`);
      if (rule !== null) field.resolve = audit(action, rule, append, field.resolve);
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, Asked>;

function audit(action: string, rule: AuditRule, append: Append, resolve: Resolve): Resolve {
  return async (source, args, context, info) => {
    const result = await resolve(source, args, context, info);
    const { viewer, address } = context;
    const note = rule(args, result, viewer);
    if (note !== null) {
      const { organizationId, actor } = viewer;
      await append({ organizationId, actor, action, address, ...note });
    }
    return result;
  };
}
