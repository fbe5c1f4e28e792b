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

  it('fails a check that never ends, and one that throws at once', async () => {
    const hang = () => new Promise<void>(() => undefined);
    const broken = () => {
      throw new Error('at once');
    };
    const { app } = await build({ checks: { hang, broken } });
    expect((await app.inject('/health/ready')).json().checks).toEqual({ hang: 'failed', broken: 'failed' });
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
