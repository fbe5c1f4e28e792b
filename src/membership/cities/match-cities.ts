import type { Procedure, Queryable } from '../../storage/database';
import { cityKey, INVISIBLE, LONGEST_CITY } from './city-name';
import { LOOK_ALIKES } from './look-alikes';
import { isOneScript, WORD } from './scripts';

interface City {
  readonly id: string;
  readonly name: string;
}

const UNNAMED = 'City';
const CHUNK = 1_000;

/**
 * Matches the cities of a database that told names apart by other rules, once: after it every name is one that may be
 * written, and no two are the same. Who has the name longest keeps it; the others get a number.
 */
export const procedure: Procedure<null, null> = {
  module: 'membership/cities/match-cities',
  async run(transaction) {
    const organizations = await transaction.query<{ id: string }>(
      'select distinct organization_id as id from cities',
    );
    for (const { id } of organizations) {
      const cities = await transaction.query<City>(
        'select id::text, name from cities where organization_id = $1 order by cities.id',
        [id],
      );
      const named = nameApart(cities);
      for (let i = 0; i < named.length; i += CHUNK) await write(transaction, id, named.slice(i, i + CHUNK));
    }
    return null;
  },
};

/** Names and keys for an organization's cities, the oldest first: no two the same. */
export function nameApart(cities: readonly City[]): (City & { readonly key: string })[] {
  const readable = cities.map(({ id, name }) => ({ id, name: readableName(name) }));
  const wanted = new Set(readable.map(({ name }) => cityKey(name)));
  const given = new Set<string>();
  return readable.map(({ id, name }) => {
    let own = name;
    for (let n = 2; given.has(cityKey(own)) || (own !== name && wanted.has(cityKey(own))); n++) {
      const number = ` (${n})`;
      own = cut(name, LONGEST_CITY - number.length) + number;
    }
    given.add(cityKey(own));
    return { id, name: own, key: cityKey(own) };
  });
}

/** The nearest name that may be written. */
function readableName(name: string): string {
  const visible = [...name].filter((character) => !INVISIBLE.test(character)).join('');
  const apart = cut(visible, LONGEST_CITY).replace(WORD, (word) =>
    isOneScript(word) ? word : inOneScript(word),
  );
  const readable = cut(apart, LONGEST_CITY);
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(readable) ? readable : UNNAMED;
}

/** A word that mixes scripts with Latin letters for those that look like them, or else a word for each script. */
function inOneScript(word: string): string {
  const latin = [...word].map((letter) => latinFor(letter) ?? letter).join('');
  if (isOneScript(latin)) return latin;
  let words = '';
  let last = '';
  for (const letter of word) {
    if (!isOneScript(letter)) continue;
    if (!isOneScript(last + letter)) {
      words += `${last} `;
      last = '';
    }
    last += letter;
  }
  return words + last;
}

function latinFor(letter: string): string | undefined {
  const lower = letter.toLowerCase();
  const latin = LOOK_ALIKES.get(lower);
  return lower === letter ? latin : latin?.toUpperCase();
}

/** The beginning of a text that has at most so many characters, also in NFKC. */
function cut(text: string, most: number): string {
  const characters = [...text].slice(0, most);
  while ([...characters.join('').normalize('NFKC')].length > most) characters.pop();
  return characters.join('').trim();
}

async function write(
  transaction: Queryable,
  organizationId: string,
  cities: readonly (City & { readonly key: string })[],
): Promise<void> {
  const rows = JSON.stringify(cities);
  await transaction.query(
    `update cities c set name = d.name, key = d.key, name_key = d.key
       from json_to_recordset($1) as d(id bigint, name text, key text) where c.id = d.id`,
    [rows],
  );
  await transaction.query(
    `insert into city_names (organization_id, key, city_id)
     select $2, d.key, d.id from json_to_recordset($1) as d(id bigint, key text)`,
    [rows, organizationId],
  );
}
