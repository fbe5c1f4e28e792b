import type { Database } from '../../src/storage/database';
import { migrate } from '../../src/storage/migrate';
import { AssignDocument, CityDocument, TrainModelDocument, WatchCityDocument } from '../client/generated';
import { describeWith } from '../services';
import { Client } from './client';
import { type Gateway, startGateway } from './gateway';
import { endOfJob } from './jobs-of';
import { type Storage, useStorage } from './storages';
import { Subscription } from './subscription';
import { embeddedOf, openStorage, postgresOf, VERSIONS } from './version-fixtures';

const OPERATOR = 'operator-key-of-a-fixture';
/** Its name looks like no other city's, so no version calls it anything else. */
const CITY = 'São Paulo';

/** What no later version may change of what an earlier one kept, in statements that all of them understand. */
const KEPT = {
  organizations: `select id, name, default_model, room_capacity, cors_origins, max_members::text, max_jobs::text,
    created_at::text from organizations order by id`,
  branches: 'select id::text, organization_id, name from branches order by id',
  keys: `select id::text, organization_id, role, label, prefix, hash, revoked_at::text from api_keys order by id`,
  // Names that a later version takes for the same may get a number.
  cities: `select id::text, organization_id, seq, member_count, case when name = '${CITY}' then name end as name
    from cities order by id`,
  rooms: `select id::text, organization_id, city_id::text, segment_key, segment_number, ordinal, member_count
    from rooms order by id`,
  members: `select organization_id, user_id, city_id::text, room_id::text, segment_key, model_id,
    encode(features, 'hex') as features, encode(affinities, 'hex') as affinities, stated_model_id,
    encode(stated_features, 'hex') as stated_features, assigned_at::text from members order by organization_id, user_id`,
  events: `select city_id::text, seq, organization_id, kind, user_id, room_id::text, room_member_count,
    previous_room_id::text, at::text from membership_events order by city_id, seq`,
  datasets: `select id::text, organization_id, name, sha256, bytes::text, rows::text, status, columns::text, error,
    branch_id::text from datasets order by id`,
  models: `select id, organization_id, name, version, manifest::text, dataset_id::text from models order by id`,
  labels: 'select organization_id, model_id, segment_key, label::text from segment_labels order by model_id',
  aliases: 'select organization_id, name, alias, model_id from model_aliases order by name, alias',
  history: `select organization_id, name, alias, action, from_model_id, to_model_id, by_whom, at::text
    from alias_changes order by at, alias`,
  reports: `select id::text, organization_id, key, dataset_id::text, model_id, parameters::text, content::text
    from reports order by id`,
  jobs: `select id::text, organization_id, kind, status, input::text, result::text, error from jobs order by id`,
  // Their numbers told organizations of one another.
  audit: `select organization_id, at::text, actor, action, target, details::text from audit_log order by at`,
} as const;

async function read(database: Database): Promise<Record<string, object[]>> {
  const tables: Record<string, object[]> = {};
  for (const [name, sql] of Object.entries(KEPT)) tables[name] = await database.system.query(sql);
  return tables;
}

describe.each(VERSIONS)('what version %s left', (version) => {
  describe('embedded (PGlite)', () => suite(() => embeddedOf(version)));
  describeWith('postgres')('PostgreSQL', () => suite(() => postgresOf(version)));
});

function suite(open: () => Promise<Storage>): void {
  let gateway: Gateway | undefined;
  afterAll(() => gateway?.close()); // before the storage's own: they run in the order they are written in
  const storage = useStorage(open);

  it('is brought up to date, and keeps everything', async () => {
    const database = await openStorage(storage);
    const before = await read(database);
    for (const [name, rows] of Object.entries(before)) expect([name, rows.length]).not.toEqual([name, 0]);
    await migrate(database);
    expect(await read(database)).toEqual(before);
    await database.close();
  });

  it('is served: its log goes on, its data are trained on', async () => {
    gateway = await startGateway({ ...storage.environment, ADMIN_API_KEY: OPERATOR });
    const client = new Client(gateway.url, OPERATOR);
    const { city } = await client.run(CityDocument, { name: CITY });
    const seq = city?.seq ?? 0;
    expect(seq).toBeGreaterThan(0);
    const watch = new Subscription(gateway.url, WatchCityDocument, { city: CITY, after: 0 }, OPERATOR);
    const events = () => watch.results.map(({ roomMembershipChanged }) => roomMembershipChanged);
    await watch.until(() => events().length >= seq);
    const input = { userId: 'somebody new', city: CITY, interests: { parties: true, drinks: true } };
    expect((await client.run(AssignDocument, { input })).assignCluster).toMatchObject({ seq: seq + 1 });
    await watch.until(() => events().length > seq);
    await watch.stop();
    expect(events().map((event) => event.seq)).toEqual(Array.from({ length: seq + 1 }, (_, i) => i + 1));
    expect(events().at(-1)).toMatchObject({ kind: 'JOINED', userId: 'somebody new' });

    const datasetId = await readyDataset(client);
    const { trainModel } = await client.run(TrainModelDocument, {
      input: { name: 'again', datasetId, task: 'SEGMENTATION', algorithm: 'NMF', segments: 2 },
    });
    expect(await endOfJob(gateway.url, trainModel.id, OPERATOR)).toMatchObject({ status: 'SUCCEEDED' });
  });
}

async function readyDataset(client: Client): Promise<string> {
  const response = await client.post('/graphql', {
    query: '{ datasets(first: 10) { edges { node { id status } } } }',
  });
  const { data } = (await response.json()) as {
    data: { datasets: { edges: { node: { id: string; status: string } }[] } };
  };
  const ready = data.datasets.edges.find(({ node }) => node.status === 'READY');
  return ready?.node.id ?? '';
}
