import { randomUUID } from 'node:crypto';
import { ApiKeyStore } from '../../src/auth/api-key-store';
import { ApiKeys } from '../../src/auth/api-keys';
import {
  ApiKeysDocument,
  AssignDocument,
  AuditLogDocument,
  CreateBranchDocument,
  CreateOrganizationDocument,
  CreateReportDocument,
  DatasetBranchDocument,
  DatasetDocument,
  DeleteBranchDocument,
  ForgetDocument,
  OrganizationDocument,
  RenameBranchDocument,
  UpdateOrganizationDocument,
  UpdateQuotasDocument,
} from '../client/generated';
import { Client } from './client';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { seeded } from './seeded-storage';
import { describeEachStorage } from './storages';

const OPERATOR_KEY = 'the-key-of-the-operator';

describeEachStorage((open) => {
  let smallKey: string;
  const gateway = useGateway(
    () =>
      seeded(open, async (database) => {
        await database.system.query(
          `insert into organizations (id, name, max_members, max_datasets, max_jobs)
           values ('small', 'Small', 2, 1, 0)`,
        );
        const keys = new ApiKeys({
          store: new ApiKeyStore(database),
          onError: (error) => {
            throw error;
          },
        });
        const request = { role: 'ADMIN', label: 'small', createdBy: 'test' } as const;
        smallKey = (await keys.create('small', request)).secret;
      }),
    { ADMIN_API_KEY: OPERATOR_KEY },
  );
  let operator: Client;
  beforeAll(() => {
    operator = new Client(gateway.url, OPERATOR_KEY);
  });

  /** An ADMIN of an organization of its own. */
  async function newOrganization(): Promise<Client> {
    const input = { id: `shop-${randomUUID().slice(0, 8)}`, name: 'The Shop' };
    const { createOrganization } = await operator.run(CreateOrganizationDocument, { input });
    return new Client(gateway.url, createOrganization.secret);
  }
  const upload = (client: Client, query: string, body = `a\n${randomUUID()}\n`, headers = {}) =>
    fetch(`${gateway.url}/datasets?${query}`, {
      method: 'POST',
      body,
      headers: { ...client.credentials, ...headers },
    });
  const assign = (client: Client, userId: string, city = 'Lisbon') =>
    client.run(AssignDocument, { input: { userId, city, interests: LIKES[1] } });
  const acts = async (client: Client) => {
    const { auditLog } = await client.run(AuditLogDocument, { first: 100 });
    return auditLog.edges.map(({ node }) => node);
  };

  it('creates an organization with a key of its own, which may not create another', async () => {
    const admin = await newOrganization();
    const { organization } = await admin.run(OrganizationDocument, {});
    expect(organization).toMatchObject({
      name: 'The Shop',
      settings: { defaultModel: 'nomads', roomCapacity: null, corsOrigins: [] },
      branches: [],
      quotas: { members: { used: 0 }, datasets: { used: 0 }, datasetBytes: { used: 0 }, jobs: { used: 0 } },
    });
    const input = { id: 'mine-too', name: 'Mine' };
    const refusal = await admin.refusal(CreateOrganizationDocument, { input });
    expect(refusal).toMatchObject({ code: 'FORBIDDEN' });
    expect(await acts(admin)).toEqual([]);
    const { organization: shop } = await admin.run(ApiKeysDocument, {});
    expect(shop.apiKeys).toMatchObject([{ label: 'First key', createdBy: 'the operator' }]);
    expect((await acts(operator))[0]).toMatchObject({
      actor: 'ADMIN_API_KEY',
      action: 'createOrganization',
      target: organization.id,
      details: { name: 'The Shop' },
      address: '127.0.0.1',
    });
    const again = await operator.refusal(CreateOrganizationDocument, {
      input: { id: organization.id, name: 'Again' },
    });
    expect(again.message).toMatch(/already/);
  });

  it('tells by no id and no cursor what others did meanwhile', async () => {
    const [ours, theirs] = [await newOrganization(), await newOrganization()];
    const branch = (client: Client) => client.run(CreateBranchDocument, { input: { name: randomUUID() } });
    for (const client of [ours, theirs, theirs, ours]) {
      await branch(client);
      expect((await upload(client, 'name=a')).status).toBe(202);
    }
    const list = '{ edges { cursor node { id } } }';
    const answer = await ours.post('/graphql', {
      query: `{ auditLog ${list} jobs ${list} datasets ${list} }`,
    });
    const { data } = (await answer.json()) as { data: Record<string, { edges: readonly EdgeParts[] }> };
    for (const { edges } of Object.values(data)) {
      expect(edges.length).toBeGreaterThanOrEqual(2);
      for (const { cursor, node } of edges) {
        const [, place] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
        expect(node.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(place).toMatch(new RegExp(`^\\d{4}-[\\d:.T-]{21}Z ${node.id}$`));
      }
    }
  });

  it('follows its settings at once, and tells its changes from null', async () => {
    const admin = await newOrganization();
    await assign(admin, 'ann');
    const update = (input: object) => admin.run(UpdateOrganizationDocument, { input });
    await update({ roomCapacity: 10, corsOrigins: ['https://shop.example'] });
    for (let i = 2; i <= 10; i++) await assign(admin, `user ${i}`);
    const next = await assign(admin, 'ben');
    expect(next.assignCluster.room).toMatchObject({ memberCount: 1 });
    const { updateOrganization } = await update({ roomCapacity: null });
    expect(updateOrganization.settings).toMatchObject({
      roomCapacity: null,
      corsOrigins: ['https://shop.example'],
    });
    for (const input of [{ corsOrigins: null }, { name: null }, { defaultModel: 'none' }]) {
      const refusal = await admin.refusal(UpdateOrganizationDocument, { input });
      expect(refusal.code).toBe('BAD_USER_INPUT');
    }
    expect((await acts(admin)).map(({ action, details }) => [action, details])).toEqual([
      ['updateOrganization', { roomCapacity: null }],
      ['updateOrganization', { roomCapacity: 10, corsOrigins: ['https://shop.example'] }],
    ]);
  });

  it('lets pages of listed origins use its own keys alone', async () => {
    const [admin, other] = [await newOrganization(), await newOrganization()];
    await admin.run(UpdateOrganizationDocument, { input: { corsOrigins: ['https://page.example'] } });
    const status = async (client: Client, origin: string) => {
      const body = JSON.stringify({ query: '{ interests { key } }' });
      const headers = { ...client.credentials, origin, 'content-type': 'application/json' };
      return (await fetch(`${gateway.url}/graphql`, { method: 'POST', body, headers })).status;
    };
    expect(await status(admin, 'https://page.example')).toBe(200);
    expect(await status(admin, gateway.url)).toBe(200);
    expect(await status(admin, 'https://elsewhere.example')).toBe(403);
    expect(await status(other, 'https://page.example')).toBe(403);
  });

  it('puts data sets into branches, and keeps those that are needed', async () => {
    const admin = await newOrganization();
    const { createBranch } = await admin.run(CreateBranchDocument, { input: { name: 'North' } });
    const { id: branchId } = createBranch;
    const uploaded = await upload(admin, `name=sales&branch=${branchId}`);
    expect(uploaded.status).toBe(202);
    const { id } = (await uploaded.json()) as { id: string };
    await admin.run(RenameBranchDocument, { id: branchId, name: 'North End' });
    const { dataset } = await admin.run(DatasetBranchDocument, { id });
    expect(dataset?.branch).toEqual({ id: branchId, name: 'North End' });
    expect((await admin.refusal(DeleteBranchDocument, { id: branchId })).message).toContain('"sales"');

    const other = await newOrganization();
    for (const unknown of [branchId, randomUUID(), 'nonsense']) {
      const refused = await upload(other, `name=sales&branch=${unknown}`);
      expect(refused.status).toBe(404);
      expect(await refused.json()).toMatchObject({
        error: { code: 'NOT_FOUND', message: `branch: there is no branch "${unknown}".` },
      });
      expect((await other.refusal(RenameBranchDocument, { id: unknown, name: 'Mine' })).code).toBe(
        'NOT_FOUND',
      );
      expect(await other.run(DeleteBranchDocument, { id: unknown })).toEqual({ deleteBranch: false });
    }
    expect((await acts(admin)).map(({ action, target }) => [action, target])).toEqual([
      ['renameBranch', branchId],
      ['uploadDataset', id],
      ['createBranch', branchId],
    ]);
  });

  it('keeps within its quotas', async () => {
    const admin = new Client(gateway.url, smallKey);
    await assign(admin, 'ann');
    await assign(admin, 'ben');
    await assign(admin, 'ann', 'Porto');
    const input = { userId: 'cid', city: 'Lisbon', interests: LIKES[1] };
    const refusal = await admin.refusal(AssignDocument, { input });
    expect(refusal).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringMatching(/its 2 members/),
    });
    await admin.run(ForgetDocument, { userId: 'ben' });
    await admin.run(AssignDocument, { input });

    const first = (await (await upload(admin, 'name=one')).json()) as { id: string };
    await until(async () => {
      const { dataset } = await admin.run(DatasetDocument, { id: first.id });
      return dataset?.status === 'READY';
    });
    const second = await upload(admin, 'name=two');
    expect(second.status).toBe(403);
    expect(await second.json()).toMatchObject({ error: { code: 'QUOTA_EXCEEDED', limit: 1 } });
    const report = await admin.refusal(CreateReportDocument, { input: { datasetId: first.id, segments: 2 } });
    expect(report.message).toMatch(/its 0 trainings and reports/);
  });

  it('has its quotas from the operator alone', async () => {
    const admin = await newOrganization();
    const { organization } = await admin.run(OrganizationDocument, {});
    const set = { organizationId: organization.id, input: { members: 0 } };
    expect((await admin.refusal(UpdateQuotasDocument, set)).code).toBe('FORBIDDEN');
    const { updateQuotas } = await operator.run(UpdateQuotasDocument, set);
    expect(updateQuotas).toEqual({ members: { used: 0, limit: 0 }, jobs: organization.quotas.jobs });
    const input = { userId: 'ann', city: 'Lisbon', interests: LIKES[1] };
    expect((await admin.refusal(AssignDocument, { input })).code).toBe('QUOTA_EXCEEDED');
    await operator.run(UpdateQuotasDocument, { ...set, input: { members: null, jobs: 1 } });
    await assign(admin, 'ann');
    const nowhere = { organizationId: 'nobody', input: { members: 1 } };
    expect((await operator.refusal(UpdateQuotasDocument, nowhere)).code).toBe('NOT_FOUND');
    const negative = { ...set, input: { jobs: -1 } };
    expect((await operator.refusal(UpdateQuotasDocument, negative)).code).toBe('BAD_USER_INPUT');
  });

  it('names nobody whom it forgot', async () => {
    const admin = await newOrganization();
    const userId = randomUUID();
    await assign(admin, userId);
    await admin.run(ForgetDocument, { userId });
    const log = await acts(admin);
    expect(log).toMatchObject([{ action: 'forgetUser', target: null, details: { forgotten: true } }]);
    expect(JSON.stringify(log)).not.toContain(userId);
  });
});

interface EdgeParts {
  readonly cursor: string;
  readonly node: { readonly id: string };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
