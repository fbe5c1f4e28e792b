import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompressSync, constants, createBrotliCompress } from 'node:zlib';
import { Client } from 'pg';
import { create } from 'tar';
import { root } from './artefacts.mjs';

/**
 * `node scripts/make-version-fixture.mjs [checkout]`: what a version keeps, for the tests that later versions open it.
 * Its gateway is run once on an embedded database and once on PostgreSQL (PGURL, or 127.0.0.1), asked for some of
 * everything, and what it leaves is packed into test/fixtures/versions/<version>/. Needs pg_dump, and a built checkout.
 */
const checkout = process.argv[2] ?? root;
const server = process.env.PGURL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const OPERATOR = 'operator-key-of-a-fixture';

const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8'));
const target = join(root, 'test/fixtures/versions', version);
await mkdir(target, { recursive: true });
await inFolder(async (folder) => {
  await live({ DATA_DIR: folder });
  await pack(folder, join(target, 'embedded.tar.br'));
});
await inFolder(async (folder) => {
  const database = `tertulia_fixture_${process.pid}`;
  await administer(`create database ${database}`);
  try {
    const url = new URL(server);
    url.pathname = database;
    await live({ DATA_DIR: folder, DATABASE_URL: url.href });
    const dump = await promisify(execFile)(
      'pg_dump',
      ['--no-owner', '--inserts', '--rows-per-insert=100', url.href],
      { maxBuffer: 2 ** 28 },
    );
    // Commands of psql, which newer dumps begin and end with, are no SQL.
    const sql = dump.stdout.replace(/^\\.*\n/gm, '');
    await writeFile(join(target, 'postgres.sql.br'), brotliCompressSync(sql));
    await pack(folder, join(target, 'postgres-files.tar.br'));
  } finally {
    await administer(`drop database ${database} with (force)`);
  }
});

/** Runs a gateway on the storage and leaves there some of everything. */
async function live(environment) {
  const gateway = spawn(process.execPath, [join(checkout, 'dist/main.js'), 'serve'], {
    env: { ...process.env, PORT: '0', ADMIN_API_KEY: OPERATOR, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(gateway, 'close');
  let url;
  for await (const line of createInterface({ input: gateway.stdout })) {
    url = /"url":"([^"]+)".*"msg":"Serving"/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  gateway.stdout.resume();
  try {
    await fill(url);
  } finally {
    gateway.kill('SIGTERM');
    await ended;
  }
}

async function fill(url) {
  const ask = client(url, OPERATOR);
  const interests = (...keys) => Object.fromEntries(keys.map((key) => [key, true]));
  const LIKES = [
    interests('chinese', 'movies', 'burguers'),
    interests('ruralTourism', 'trecking', 'guidedVisits'),
    interests('drinks', 'parties', 'concerts'),
    interests('theaters', 'museums', 'bookstores'),
    {},
  ];
  const assign = (as, userId, city, likes) =>
    as('mutation ($input: AssignClusterInput!) { assignCluster(input: $input) { seq } }', {
      input: { userId, city, interests: likes },
    });

  await ask(
    'mutation { updateOrganization(input: { name: "The nomads", roomCapacity: 12, corsOrigins: ["https://nomads.example"] }) { id } }',
  );
  const branches = {};
  for (const name of ['North', 'South']) {
    const { createBranch } = await ask(
      'mutation ($name: String!) { createBranch(input: { name: $name }) { id } }',
      { name },
    );
    branches[name] = createBranch.id;
  }
  for (const [role, label] of [
    ['ADMIN', 'office'],
    ['APP', 'web'],
    ['APP', 'old'],
  ]) {
    const { createApiKey } = await ask(
      'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key { id } } }',
      { input: { role, label } },
    );
    if (label === 'old')
      await ask('mutation ($id: ID!) { revokeApiKey(id: $id) { id } }', { id: createApiKey.key.id });
  }

  // The third and the fourth look alike: whether they are two cities is for the version to say.
  const cities = ['Lisbon', 'São Paulo', 'Łódź', 'ＬＩＳＢＯＮ', 'Αθήνα'];
  for (let i = 0; i < 30; i++) await assign(ask, `person ${i}`, cities[i % 5], LIKES[i % 4]);
  for (let i = 0; i < 6; i++) await assign(ask, `person ${i}`, cities[(i + (i % 2)) % 5], LIKES[(i + 1) % 5]);
  await ask('mutation { leaveCity(userId: "person 7") }');
  await ask('mutation { forgetUser(userId: "person 8") }');

  const rows = Array.from({ length: 60 }, (_, i) => {
    const group = i % 3;
    const likes = ['surf', 'climbing', 'museums', 'theaters', 'parties', 'drinks'].map((_key, k) =>
      Number(Math.floor(k / 2) === group || (i * 7 + k * 5) % 11 === 0),
    );
    return [...likes, ['Porto', 'Faro'][i % 2]].join(',');
  });
  const csv = `surf,climbing,museums,theaters,parties,drinks,Region\n${rows.join('\n')}\n`;
  const upload = async (name, body, branch) => {
    const query = new URLSearchParams({ name, ...(branch && { branch }) });
    const headers = { authorization: `Bearer ${OPERATOR}`, 'content-type': 'text/csv' };
    const response = await fetch(`${url}/datasets?${query}`, { method: 'POST', body, headers });
    return response.json();
  };
  const people = await upload('people', csv, branches.North);
  await endOf(ask, people.jobId);
  await endOf(ask, (await upload('broken', 'a,b\n1,"2\n')).jobId);
  for (let i = 0; i < 2; i++) {
    const { trainModel } = await ask(
      'mutation ($input: TrainModelInput!) { trainModel(input: $input) { id } }',
      {
        input: {
          name: 'nomads',
          datasetId: people.id,
          task: 'SEGMENTATION',
          algorithm: 'NMF',
          segments: 3,
          seed: i,
          encoding: [{ column: 'Region', kind: 'IGNORE' }],
        },
      },
    );
    const { result } = await endOf(ask, trainModel.id);
    if (i > 0) continue;
    const { promoteModel } = await ask(
      'mutation ($id: ID!) { promoteModel(modelId: $id) { id segments { key } } }',
      { id: result.modelId },
    );
    await ask(
      'mutation ($id: ID!, $key: ID!) { updateSegment(modelId: $id, key: $key, label: { en: "Renamed", es: "Otro" }) { key } }',
      { id: promoteModel.id, key: promoteModel.segments[0].key },
    );
  }
  await allJobsEnd(ask);
  const { createReport } = await ask(
    'mutation ($id: ID!) { createReport(input: { datasetId: $id, segments: 3, groupBy: "Region" }) { id } }',
    { id: people.id },
  );
  await endOf(ask, createReport.id);

  const { createOrganization } = await ask(
    'mutation { createOrganization(input: { id: "shop", name: "The shop" }) { secret } }',
  );
  await ask(
    'mutation { updateQuotas(organizationId: "shop", input: { members: 50, jobs: 2 }) { jobs { limit } } }',
  );
  const shop = client(url, createOrganization.secret);
  for (let i = 0; i < 5; i++) await assign(shop, `person ${i}`, 'Lisbon', LIKES[i % 4]);
  await shop('mutation { createBranch(input: { name: "North" }) { id } }');
}

function client(url, key) {
  return async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
    return data;
  };
}

async function endOf(ask, id) {
  for (;;) {
    const { job } = await ask('query ($id: ID!) { job(id: $id) { status result } }', { id });
    if (/SUCCEEDED|FAILED/.test(job.status)) return job;
  }
}

async function allJobsEnd(ask) {
  const { jobs } = await ask('{ jobs(first: 100) { edges { node { id } } } }');
  for (const { node } of jobs.edges) await endOf(ask, node.id);
}

/** The database's copies of its own catalogue stand far apart: a window that spans them all halves the size. */
async function pack(cwd, file) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: 26,
    [constants.BROTLI_PARAM_LARGE_WINDOW]: 1,
  };
  const names = (await readdir(cwd)).filter((name) => name !== 'lock');
  await pipeline(
    create({ cwd, portable: true }, names),
    createBrotliCompress({ params }),
    createWriteStream(file),
  );
}

async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'tertulia-fixture-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function administer(statement) {
  const administrator = new Client({ connectionString: server });
  await administrator.connect();
  await administrator.query(statement);
  await administrator.end();
}
