import { randomUUID } from 'node:crypto';
import { PostgresDatabase } from '../../src/storage/postgres';
import { isUnreachable } from '../../src/storage/unreachable';
import { administer } from '../databases';
import { describeWith, service } from '../services';
import { TcpProxy } from '../tcp-proxy';

describeWith('postgres')('a PostgreSQL server that cannot be used', () => {
  const server = service('postgres') ?? '';
  const name = `tertulia_test_${randomUUID().replaceAll('-', '')}`;
  const { hostname, port } = new URL(server || 'postgres://none');
  let proxy: TcpProxy;
  let database: PostgresDatabase;
  let log: string[];
  const onServer = (...statements: string[]) =>
    statements.reduce((before, next) => before.then(() => administer(server, next)), Promise.resolve());
  const TERMINATE = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;

  beforeAll(async () => {
    await onServer(`create role ${name} login`, `create database ${name} owner ${name}`);
    proxy = await TcpProxy.start({ host: hostname, port: Number(port || 5432) });
  });
  afterAll(async () => {
    await proxy.close();
    await onServer(`drop database ${name} with (force)`, `drop role ${name}`);
  });
  beforeEach(async () => {
    log = [];
    database = new PostgresDatabase({
      url: `postgres://${name}@127.0.0.1:${proxy.port}/${name}`,
      connections: 4,
      statementMs: 2_000,
      outages: { began: () => void log.push('began'), ended: () => void log.push('ended') },
    });
    await Promise.all(Array.from({ length: 8 }, () => database.system.query('select pg_sleep(0.01)')));
  });
  afterEach(() => database.close());

  /** The ways to ask: a statement, and a transaction. */
  const asks = [
    () => database.system.query('select 1'),
    () => database.system.call({ module: '', run: (transaction) => transaction.query('select 1') }, {}),
  ];

  it.each([
    [
      'has no connection left',
      [`alter database ${name} connection limit 0`, TERMINATE],
      [`alter database ${name} connection limit -1`],
    ],
    [
      'takes no connections',
      [`alter database ${name} allow_connections false`, TERMINATE],
      [`alter database ${name} allow_connections true`],
    ],
    ['refuses the user', [`alter role ${name} nologin`, TERMINATE], [`alter role ${name} login`]],
    [
      'has another database',
      [
        `alter database ${name} allow_connections false`,
        TERMINATE,
        `alter database ${name} rename to ${name}_`,
        `alter database ${name}_ allow_connections true`,
      ],
      [`alter database ${name}_ rename to ${name}`],
    ],
  ])('that %s is an outage, logged once, for every request', async (_what, breaking, mending) => {
    await onServer(...breaking);
    await expectOutage();
    await onServer(...mending);
    await expectRecovery();
  });

  it.each(['refuse', 'reset', 'silent'] as const)('whose connections %s is an outage, too', async (mode) => {
    await proxy.set(mode);
    await expectOutage();
    await proxy.set('pass');
    await expectRecovery();
  });

  async function expectOutage(): Promise<void> {
    const answers = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => asks[i % asks.length]?.()));
    const codes = answers.map((answer) =>
      answer.status === 'rejected' ? (answer.reason.extensions?.code ?? answer.reason) : answer.value,
    );
    expect(new Set(codes)).toEqual(new Set(['STORAGE_UNAVAILABLE']));
    expect(log).toEqual(['began']);
  }

  async function expectRecovery(): Promise<void> {
    while (!log.includes('ended')) await Promise.allSettled(asks.map((ask) => ask()));
    expect(log).toEqual(['began', 'ended']);
    await Promise.all(asks.map((ask) => ask()));
  }

  it('leaves a wrong statement what it is', async () => {
    await expect(database.system.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
    expect(log).toEqual([]);
  });
});

it('knows the errors of a server that is away, with a code, without, or with one for each address', () => {
  const coded = (code: string) => Object.assign(new Error('failed'), { code });
  const away = [
    'ECONNREFUSED',
    'EAI_AGAIN',
    'EMFILE',
    'ENOENT',
    '08006',
    '28P01',
    '3D000',
    '53300',
    '57P03',
    '25006',
  ];
  expect(away.map(coded).filter((error) => !isUnreachable(error))).toEqual([]);
  expect(isUnreachable(new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED')]))).toBe(true);
  expect(isUnreachable(new Error('Connection terminated unexpectedly'))).toBe(true);
  const defects = ['23505', '42P01', 'ERR_INVALID_ARG_TYPE', '22021', 'XX000'];
  expect(defects.map(coded).filter(isUnreachable)).toEqual([]);
  expect(isUnreachable(new TypeError('x is not a function'))).toBe(false);
});
