import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { GatewayProcess } from './gateway-process';
import { embeddedStorage, useStorage } from './storages';

const storage = useStorage(embeddedStorage);

describe('a wrong environment', () => {
  it('is refused at start, every problem told at once', async () => {
    const gateway = new GatewayProcess({
      HOST: '0.0.0.0',
      PORT: '70000',
      ROOM_CAPACITY: '0',
      EVENT_RETENTION: 'all',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://somewhere',
      INFERENCE: 'remote',
      REDIS_URL: 'redis://somewhere',
    });
    const { code, output } = await gateway.exited;
    expect(code).toBe(1);
    const [heading, ...problems] = output.trim().split('\n');
    expect(heading).toBe('The environment is not right:');
    const named = problems.map((line) => /^- ([A-Z_]+) .*(must|not supported|reachable)/.exec(line)?.[1]);
    expect(named.toSorted()).toEqual([
      'DATABASE_URL',
      'EVENT_RETENTION',
      'HOST',
      'INFERENCE',
      'LOG_LEVEL',
      'PORT',
      'REDIS_URL',
      'ROOM_CAPACITY',
    ]);
    expect(output).not.toContain('somewhere');
  });

  it('a port in use is told, and nothing is left running', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const gateway = new GatewayProcess({ ...storage.environment, PORT: String(port) });
    const { code, output } = await gateway.exited;
    holder.close();
    expect(code).toBe(1);
    expect(output).toContain('EADDRINUSE');
    await expect(access(join(storage.environment['DATA_DIR'] ?? '', 'lock'))).rejects.toThrow('ENOENT');
  });

  it('a database that does not answer is told, too', async () => {
    const gateway = new GatewayProcess({ DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    const { code, output } = await gateway.exited;
    expect(code).toBe(1);
    expect(output).toMatch(
      /^The database cannot be reached just now.* \(connect ECONNREFUSED 127.0.0.1:1\)$/m,
    );
  });
});
