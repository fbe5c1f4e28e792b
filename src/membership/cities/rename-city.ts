import type { Procedure } from '../../storage/database';

/** Enough for whoever tries a few spellings; all of them keep resolving. */
export const MOST_NAMES = 20;

export interface Renaming {
  readonly organizationId: string;
  /** The key of a name that the city has or had. */
  readonly key: string;
  /** Its name from now on. */
  readonly to: { readonly name: string; readonly key: string };
}

/** Why a city was not renamed; null: it was. */
export type RenamingRefusal = 'unknown' | 'taken' | 'too many' | null;

/** Gives a city another name. The lock on the new name's key comes first, as where cities are added. */
export const procedure: Procedure<Renaming, RenamingRefusal> = {
  module: 'membership/cities/rename-city',
  async run(transaction, { organizationId, key, to }) {
    const [city] = await transaction.query<{ id: string }>(
      'select city_id::text as id from city_names where organization_id = $1 and key = $2',
      [organizationId, key],
    );
    if (city === undefined) return 'unknown';
    const added = await transaction.query(
      `insert into city_names (organization_id, key, city_id)
       select $1, $2, $3::bigint where (select count(*) from city_names where city_id = $3::bigint) < ${MOST_NAMES}
       on conflict do nothing returning key`,
      [organizationId, to.key, city.id],
    );
    if (added.length === 0) {
      const [owner] = await transaction.query<{ id: string }>(
        'select city_id::text as id from city_names where organization_id = $1 and key = $2',
        [organizationId, to.key],
      );
      if (owner === undefined) return 'too many';
      if (owner.id !== city.id) return 'taken';
    }
    await transaction.query('update cities set name = $2, name_key = $3 where id = $1::bigint', [
      city.id,
      to.name,
      to.key,
    ]);
    return null;
  },
};
