import { AssignDocument, DatasetDocument } from '../client/generated';
import { GatewayProcess } from './gateway-process';
import { endOfJob } from './jobs-of';
import { LIKES } from './people';
import { embeddedStorage, useStorage } from './storages';

const storage = useStorage(embeddedStorage);

it('fails a job that no process can be started for, and serves on', async () => {
  const gateway = new GatewayProcess({
    ...storage.environment,
    NODE_OPTIONS: `--require ${require.resolve('../fixtures/without-node.cjs')}`,
  });
  const client = await gateway.client;
  const upload = async () => {
    const response = await fetch(`${client.url}/datasets?name=people`, {
      method: 'POST',
      body: 'a,b\n1,2\n',
    });
    return (await response.json()) as { id: string; jobId: string };
  };
  for (let i = 0; i < 2; i++) {
    const { id, jobId } = await upload();
    const why = expect.stringContaining('could not start a process for it (ENOENT)');
    expect(await endOfJob(client.url, jobId)).toMatchObject({ status: 'FAILED', error: why });
    expect((await client.run(DatasetDocument, { id })).dataset).toMatchObject({
      status: 'FAILED',
      error: why,
    });
  }
  await client.run(AssignDocument, { input: { userId: 'ann', city: 'Lisbon', interests: LIKES[1] } });
  expect(await gateway.kill('SIGTERM')).toMatchObject({ code: 0 });
}, 60_000);
