import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AssignDocument, MemberDocument } from '../client/generated';
import { describeWith } from '../services';
import { SmallDisk } from '../small-disk';
import { type Gateway, startGateway } from './gateway';
import { LIKES } from './people';

describeWith('mounts')('a gateway whose disk is full', () => {
  let disk: SmallDisk;
  let gateway: Gateway;
  beforeAll(async () => {
    disk = await SmallDisk.mount(200);
    gateway = await startGateway({
      DATA_DIR: disk.directory,
      DURABILITY: 'process',
      DISK_RESERVE_BYTES: '40000000',
    });
  });
  afterAll(async () => {
    await gateway.close();
    await disk.unmount();
  });

  const assign = (userId: string) =>
    gateway.client.run(AssignDocument, { input: { userId, city: 'Lisbon', interests: LIKES[1] } });
  const ready = async () => {
    const response = await fetch(`${gateway.url}/health/ready`);
    return [response.status, ((await response.json()) as { checks: { disk: string } }).checks.disk];
  };
  /** Waits for an outcome: a probe is told what the last one found within the second. */
  const becomes = async (status: number, check: string) => {
    while (JSON.stringify(await ready()) !== JSON.stringify([status, check])) await delay(50);
  };
  const upload = (body: string | ReadableStream<Uint8Array>) =>
    fetch(`${gateway.url}/datasets?name=people`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body,
      duplex: 'half',
    } as RequestInit);

  it('reads on, refuses what it could not keep, is not ready, and comes back by itself', async () => {
    await assign('ann');
    expect(await ready()).toEqual([200, 'ok']);
    disk.fill(39);
    await delay(150); // the disk is looked at every tenth of a second
    await expect(assign('ben')).rejects.toThrow('The disk is full');
    expect((await gateway.client.run(MemberDocument, { userId: 'ann' })).member).not.toBeNull();
    await becomes(503, 'failed');
    const refused = await upload('a,b\n1,2\n');
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { error: { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('The disk is full') } },
    ]);
    disk.makeRoom();
    await delay(150);
    await assign('ben');
    await becomes(200, 'ok');
    expect((await upload('a,b\n1,2\n')).status).toBe(202);
  });

  it('ends an upload that reaches the reserve, and leaves nothing of it', async () => {
    const line = `${'x'.repeat(999)}\n`;
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await delay(5);
        controller.enqueue(Buffer.from(line.repeat(1_000)));
      },
    });
    const uploads = () => readdir(join(disk.directory, 'files/uploads'));
    const before = await uploads();
    const { status } = await upload(endless);
    expect(status).toBe(503);
    expect((await uploads()).filter((name) => !before.includes(name))).toEqual([]);
    await becomes(200, 'ok');
  });
});
