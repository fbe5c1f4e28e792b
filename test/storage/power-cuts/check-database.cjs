/**
 * Opens the database in the folder of the first argument as it is after a power cut, and prints what is wrong with it:
 * the file of the second argument says what was answered before, as JSON.
 */
const { readFileSync } = require('node:fs');
const { PGlite } = require('@electric-sql/pglite');
const { amcheck } = require('@electric-sql/pglite/contrib/amcheck');

const [, , folder, answeredFile] = process.argv;
const { events, tables } = JSON.parse(readFileSync(answeredFile, 'utf8'));

/** Each finds nothing in a database that is whole. */
const CHECKS = {
  'answered events that are lost': `
    select e from json_array_elements($1::json) e
     where not exists (select from membership_events l join cities c on c.id = l.city_id
                        where c.key = e->>0 and l.seq = (e->>1)::integer and l.user_id = e->>2)`,
  'cities whose log has gaps': `
    select c.key, c.seq, count(l), min(l.seq), max(l.seq) from cities c left join membership_events l on l.city_id = c.id
     group by c.id having count(l) <> c.seq or min(l.seq) <> 1 or max(l.seq) <> c.seq`,
  'rooms that count wrong': `
    select r.id from rooms r where r.member_count <> (select count(*) from members m where m.room_id = r.id)`,
  'cities that count wrong': `
    select c.key from cities c where c.member_count <> (select count(*) from members m where m.city_id = c.id)`,
  'members whom the log has elsewhere': `
    select m.user_id from members m
     where m.room_id is distinct from (
             select l.room_id from membership_events l
              where l.city_id = m.city_id and l.user_id = m.user_id order by l.seq desc limit 1)`,
  'people in the log who are not members': `
    select l.user_id from membership_events l
     where l.kind <> 'LEFT' and not exists (select from members m where m.user_id = l.user_id)
       and not exists (select from membership_events later
                        where later.user_id = l.user_id and later.city_id = l.city_id and later.seq > l.seq)`,
  'broken tables': `
    select c.relname, v.* from pg_class c, verify_heapam(c.oid) v where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
};

async function check() {
  const database = await PGlite.create(folder, { extensions: { amcheck } });
  const problems = [];
  await database.query('create extension if not exists amcheck');
  for (const [what, sql] of Object.entries(CHECKS)) {
    const { rows } = await database.query(sql, sql.includes('$1') ? [JSON.stringify(events)] : []);
    if (rows.length > 0) problems.push(`${rows.length} ${what}, as ${JSON.stringify(rows[0])}`);
  }
  // Throws when an index and its table disagree.
  await database.query(`
    select bt_index_check(i.indexrelid, true) from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_am a on a.oid = c.relam where a.amname = 'btree' and c.relpersistence = 'p'`);
  for (const table of tables) {
    const { rows } = await database.query(`select count(*)::integer as rows from ${table}`);
    if (rows[0].rows !== 2000) problems.push(`${table} has ${rows[0].rows} rows`);
  }
  await database.query("insert into organizations (id, name) values ('after', 'the cut')");
  return problems;
}

check()
  .then(
    (problems) => process.stdout.write(problems.join('; ')),
    (error) => process.stdout.write(`It does not open, or not all of it: ${error.message}`),
  )
  .finally(() => process.exit());
