import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Pool, type PoolClient } from 'pg';

const TABLES = `
  create table cities (id bigint generated always as identity primary key, key text not null unique, name text not null,
    seq integer not null default 0, member_count integer not null default 0);
  create table rooms (id uuid primary key, city_id bigint not null references cities, segment integer not null,
    member_count integer not null default 0, unique (city_id, segment));
  create table members (user_id text primary key, city_id bigint not null references cities, room_id uuid not null references rooms,
    features real[] not null, affinities real[] not null, assigned_at timestamptz not null);
  create index on members (room_id);
  create table events (city_id bigint not null references cities, seq integer not null, kind text not null, user_id text not null,
    room_id uuid not null, previous_room_id uuid, at timestamptz not null, primary key (city_id, seq));
  create index on events (user_id);`;

interface Manifest {
  readonly createdAt: string;
  readonly features: readonly {
    readonly key: string;
    readonly label: { readonly en: string };
    readonly group: string;
  }[];
  readonly segments: readonly {
    readonly number: number;
    readonly key: string;
    readonly label: { readonly en: string };
    readonly description: { readonly en: string };
  }[];
  readonly components: readonly (readonly number[])[];
}

interface Assign {
  readonly input: {
    readonly userId: string;
    readonly city: string;
    readonly interests: Readonly<Record<string, boolean>>;
  };
}

const manifest = JSON.parse(readFileSync('model/nomads.json', 'utf8')) as Manifest;
const interests = manifest.features.map(({ key, label, group }) => ({ key, label: label.en, group }));
const segments = manifest.segments.map(({ number, key, label, description }, s) => {
  const weights = manifest.components[s] ?? [];
  const largest = Math.max(...weights);
  const topInterests = interests
    .map((interest, i) => ({ interest, weight: weights[i] ?? 0, heat: (weights[i] ?? 0) / largest, lift: 1 }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 6);
  return { number, key, label: label.en, description: description.en, memberCount: 0, topInterests };
});
const model = {
  id: 'nomads-1',
  name: 'nomads',
  version: 1,
  task: 'SEGMENTATION',
  algorithm: 'NMF',
  aliases: ['champion'],
  createdAt: manifest.createdAt,
};

/**
 * What one would build without Tertulia: Apollo Server on Fastify, ONNX Runtime in the resolver, PostgreSQL by way of `pg`,
 * a transaction for each request. It keeps the same rooms, counts, members and log; the statements are prepared once a
 * connection, and the row that everybody waits for, the city's, is locked as late as the log allows.
 */
async function main(): Promise<void> {
  const session = await InferenceSession.create('model/nomads.onnx', {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
  await pool.query(TABLES);
  const app = Fastify();
  const apollo = new ApolloServer({
    typeDefs: readFileSync('schema.graphql', 'utf8'),
    resolvers: {
      Mutation: { assignCluster: (_: unknown, { input }: Assign) => assign(session, pool, input) },
    },
    plugins: [fastifyApolloDrainPlugin(app)],
  });
  await apollo.start();
  await app.register(fastifyApollo(apollo));
  process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
}

async function assign(
  session: InferenceSession,
  pool: Pool,
  { userId, city, interests: liked }: Assign['input'],
) {
  const row = Float32Array.from(interests, ({ key }) => (liked[key] ? 1 : 0));
  const scored = await session.run({ interests: new Tensor('float32', row, [1, row.length]) });
  const affinities = [...((scored['affinities'] as Tensor).data as Float32Array)];
  const chosen = Number(((scored['segment'] as Tensor).data as BigInt64Array)[0]);
  const client = await pool.connect();
  try {
    const joined = await join(client, { userId, city, segment: chosen, features: [...row], affinities });
    return answer(joined, { userId, row, affinities, chosen });
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

interface Joining {
  readonly userId: string;
  readonly city: string;
  readonly segment: number;
  readonly features: readonly number[];
  readonly affinities: readonly number[];
}

async function join(client: PoolClient, { userId, city, segment, features, affinities }: Joining) {
  const one = async <Row extends object>(
    name: string,
    text: string,
    values: unknown[],
  ): Promise<Row | undefined> => (await client.query<Row>({ name, text, values })).rows[0];
  const now = new Date();
  const key = city.trim().toLowerCase();
  await client.query('begin');
  const member = await one<{ room_id: string; city_id: string }>(
    'member',
    'select room_id, city_id from members where user_id = $1 for update',
    [userId],
  );
  const cityOf = () =>
    one<{ id: string; name: string }>('city', 'select id, name from cities where key = $1', [key]);
  let place = await cityOf();
  if (place === undefined) {
    await one('add-city', 'insert into cities (key, name) values ($1, $2) on conflict do nothing', [
      key,
      city.trim(),
    ]);
    place = await cityOf();
  }
  if (place === undefined) throw new Error('The city was not added');
  const counted = await one<{ seq: number }>(
    'count-city',
    'update cities set seq = seq + 1, member_count = member_count + $2 where id = $1 returning seq',
    [place.id, member?.city_id === place.id ? 0 : 1],
  );
  const room = await one<{ id: string; member_count: number }>(
    'room',
    `insert into rooms (id, city_id, segment, member_count) values ($1, $2, $3, 1)
     on conflict (city_id, segment) do update set member_count = rooms.member_count + 1 returning id, member_count`,
    [randomUUID(), place.id, segment],
  );
  if (member !== undefined) {
    await one('leave-room', 'update rooms set member_count = member_count - 1 where id = $1', [
      member.room_id,
    ]);
  }
  await one(
    'write-member',
    `insert into members values ($1, $2, $3, $4, $5, $6) on conflict (user_id) do update
       set city_id = excluded.city_id, room_id = excluded.room_id, features = excluded.features,
           affinities = excluded.affinities, assigned_at = excluded.assigned_at`,
    [userId, place.id, room?.id, features, affinities, now],
  );
  await one('log', 'insert into events values ($1, $2, $3, $4, $5, $6, $7)', [
    ...[
      place.id,
      counted?.seq,
      member === undefined ? 'JOINED' : 'MOVED',
      userId,
      room?.id,
      member?.room_id,
      now,
    ],
  ]);
  await client.query('commit');
  return { room, city: place.name, seq: counted?.seq, at: now };
}

interface Scored {
  readonly userId: string;
  readonly row: Float32Array;
  readonly affinities: readonly number[];
  readonly chosen: number;
}

function answer(joined: Awaited<ReturnType<typeof join>>, { userId, row, affinities, chosen }: Scored) {
  const segment = segments[chosen] ?? null;
  const total = affinities.reduce((sum, weight) => sum + weight, 0) || 1;
  const [best = 0, second = 0] = [...affinities].sort((a, b) => b - a);
  const reasons = interests
    .map((interest, i) => ({
      interest,
      contribution: (row[i] ?? 0) * (manifest.components[chosen]?.[i] ?? 0),
    }))
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, 3);
  return {
    userId,
    cluster: segment?.number,
    segment,
    affinities: affinities.map((weight, s) => ({ segment: segments[s], weight, share: weight / total })),
    margin: (best - second) / total,
    reasons,
    room: {
      id: joined.room?.id,
      name: `${joined.city} · ${segment?.label ?? 'Lobby'}`,
      city: joined.city,
      memberCount: joined.room?.member_count,
      segment,
    },
    changed: true,
    seq: joined.seq,
    model,
    assignedAt: joined.at.toISOString(),
  };
}

void main();
