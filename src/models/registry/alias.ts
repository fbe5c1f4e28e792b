import type { Queryable } from '../../storage/database';
import { SHIPPED_MODEL } from '../shipped/shipped-model';

/** A movable name: the champion answers, the challenger is the last one trained that was not promoted yet. */
export type Alias = 'champion' | 'challenger';
export type AliasAction = 'TRAINED' | 'PROMOTED' | 'ROLLED_BACK';

/** Somebody pointed an alias of a model's name elsewhere. */
export interface AliasChange {
  readonly name: string;
  readonly alias: Alias;
  readonly action: AliasAction;
  /** Models' ids; null: it pointed nowhere, or does now. */
  readonly from: string | null;
  readonly to: string | null;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Which aliases of which name are changed, why, and by whom. */
export interface AliasCause {
  readonly organizationId: string;
  readonly name: string;
  readonly action: AliasAction;
  readonly by: string;
}

/** Makes changes of an organization's aliases wait for one another. @returns the name whose champion serves. */
export async function lockAliases(transaction: Queryable, organizationId: string): Promise<string> {
  const [organization] = await transaction.query<{ name: string }>(
    'select default_model as name from organizations where id = $1 for no key update',
    [organizationId],
  );
  if (organization === undefined) throw new Error(`There is no organization "${organizationId}"`);
  return organization.name;
}

/** The model that the alias points at. The shipped model is its name's champion until another is promoted. */
export async function modelAt(
  transaction: Queryable,
  { organizationId, name }: Pick<AliasCause, 'organizationId' | 'name'>,
  alias: Alias,
): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(
    'select model_id as id from model_aliases where organization_id = $1 and name = $2 and alias = $3',
    [organizationId, name, alias],
  );
  return row?.id ?? (alias === 'champion' && name === SHIPPED_MODEL.name ? SHIPPED_MODEL.id : null);
}

/** Points an alias at another model, or nowhere, and writes down who did. Under the lock. */
export async function pointAlias(
  transaction: Queryable,
  cause: AliasCause,
  alias: Alias,
  to: string | null,
): Promise<void> {
  const { organizationId, name, action, by } = cause;
  const from = await modelAt(transaction, cause, alias);
  if (to === null) {
    await transaction.query(
      'delete from model_aliases where organization_id = $1 and name = $2 and alias = $3',
      [organizationId, name, alias],
    );
  } else {
    await transaction.query(
      `insert into model_aliases (organization_id, name, alias, model_id) values ($1, $2, $3, $4)
       on conflict (organization_id, name, alias) do update set model_id = excluded.model_id`,
      [organizationId, name, alias, to],
    );
  }
  await transaction.query(
    `insert into alias_changes (organization_id, name, alias, action, from_model_id, to_model_id, by_whom)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [organizationId, name, alias, action, from, to, by],
  );
}
