import { setTimeout as sleep } from 'node:timers/promises';
import { ask, build } from './gateway';

describe('probes', () => {
  it('is live and ready when every check passes', async () => {
    const { app } = await build({
      checks: { database: async () => undefined, model: async () => undefined },
    });
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', model: 'ok' } },
    ]);
    expect(ready.headers['cache-control']).toBe('no-store');
  });

  it('is live but not ready when a check fails, and logs why', async () => {
    const database = async () => {
      throw new Error('connection to db:5432 refused');
    };
    const { app, log } = await build({ checks: { database, model: async () => undefined } });
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { status: 'failed', checks: { database: 'failed', model: 'ok' } },
    ]);
    expect(ready.payload).not.toContain('5432');
    expect(log).toContainEqual(
      expect.objectContaining({
        check: 'database',
        err: expect.objectContaining({ message: expect.stringContaining('5432') }),
      }),
    );
  });

  it('asks a check once a second at most, and tells when it passes again', async () => {
    let asked = 0;
    let fails = true;
    const database = async () => {
      asked++;
      if (fails) throw new Error('full');
    };
    const { app, log } = await build({ checks: { database } });
    const probes = await Promise.all(Array.from({ length: 50 }, () => app.inject('/health/ready')));
    expect([asked, ...new Set(probes.map(({ statusCode }) => statusCode))]).toEqual([1, 503]);
    fails = false;
    while ((await app.inject('/health/ready')).statusCode !== 200) await sleep(50);
    expect(asked).toBe(2);
    expect(log.filter(({ check }) => check === 'database').map(({ msg }) => msg)).toEqual([
      'A health check failed',
      'A health check passes again',
    ]);
  });

  it('fails a check that never ends, which it asks no second time, and one that throws at once', async () => {
    let hanging = 0;
    const hang = () => {
      hanging++;
      return new Promise<void>(() => undefined);
    };
    const broken = () => {
      throw new Error('at once');
    };
    const { app } = await build({ checks: { hang, broken } });
    for (let i = 0; i < 3; i++)
      expect((await app.inject('/health/ready')).json().checks).toEqual({ hang: 'failed', broken: 'failed' });
    expect(hanging).toBe(1);
  });

  it('counts requests by the pattern of their route, never by their address', async () => {
    const { app } = await build();
    await ask(app, { query: '{ hello }' });
    await ask(app, '{');
    await app.inject('/graphiql/start.js?secret-1');
    await app.inject('/nowhere/secret-2');
    const { payload, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(payload).toContain('tertulia_http_requests_total{method="POST",route="/graphql",status="200"} 1');
    expect(payload).toContain('tertulia_http_requests_total{method="POST",route="/graphql",status="400"} 1');
    expect(payload).toContain(
      'tertulia_http_requests_total{method="GET",route="/graphiql/:file",status="200"} 1',
    );
    expect(payload).toContain('tertulia_http_requests_total{method="GET",route="none",status="404"} 1');
    expect(payload).toContain('tertulia_http_request_seconds_count{route="/graphql"} 2');
    expect(payload).toContain('nodejs_eventloop_lag');
    expect(payload).not.toContain('secret-');
  });
});
