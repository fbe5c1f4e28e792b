/**
 * Moves members about in the database below the folder of the first argument, with the durability of the second,
 * between checkpoints, vacuums and changes of the schema; what was answered goes into the record.
 */
const { join } = require('node:path');

const dist = join(__dirname, '../../../dist');
const { PgliteDatabase } = require(`${dist}/storage/pglite/pglite.js`);
const { procedure: moveMembers } = require(`${dist}/membership/moves/move-members.js`);

const [, , folder, durability] = process.argv;
const [GROUPS, LARGEST_GROUP, USERS, CITIES, SEGMENTS] = [240, 64, 900, 7, 5];

async function load() {
  const database = await PgliteDatabase.open(folder, { durability });
  record({ kind: 'opened' });
  for (let i = 0; i < GROUPS; i++) {
    const moves = group();
    const results = await database
      .scope('nomads')
      .call(moveMembers, { organizationId: 'nomads', capacity: 20, moves });
    for (const { events } of results)
      for (const { cityKey, seq, userId } of events)
        record({ kind: 'answered', event: [cityKey, seq, userId] });
    if (i % 30 === 29) await changeSchema(database, i);
    if (i % 50 === 49) await database.vacuum();
    if (i % 20 === 19) {
      record({ kind: 'checkpoint' });
      await database.system.query('checkpoint');
      record({ kind: 'checkpointed' });
    }
  }
  await database.close();
}

/** Files that come, grow, shrink and go. */
async function changeSchema({ system }, i) {
  await system.query(`create table notes_${i} (id integer primary key, text text)`);
  await system.query(`insert into notes_${i} select n, repeat('x', 500) from generate_series(1, 2000) n`);
  record({ kind: 'answered', table: `notes_${i}` });
  if (i < 60) return;
  for (const ago of [30, 60]) record({ kind: 'emptying', table: `notes_${i - ago}` });
  await system.query(`truncate notes_${i - 30}`);
  await system.query(`drop table notes_${i - 60}`);
}

function group() {
  const users = new Set(Array.from({ length: 1 + random(LARGEST_GROUP) }, () => `user ${random(USERS)}`));
  return [...users].map((userId) =>
    random(10) === 0 ? { userId, to: null, forget: false } : assignment(userId),
  );
}

function assignment(userId) {
  const city = `city ${random(CITIES)}`;
  const segment = random(SEGMENTS);
  const placement = {
    modelId: 'm',
    segmentKey: segment === 0 ? '' : `segment ${segment}`,
    segmentNumber: segment || null,
    features: '0000803f',
    affinities: '0000803f',
  };
  return { userId, to: { cityKey: city, city, placement }, forget: false };
}

function random(below) {
  return Math.floor(Math.random() * below);
}

void load();
