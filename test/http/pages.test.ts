import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { build } from './gateway';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** What a page's policy lets in, by directive. */
function policyOf(headers: Record<string, unknown>): Record<string, string> {
  const policy = String(headers['content-security-policy']);
  return Object.fromEntries(policy.split('; ').map((directive) => directive.split(/ (.*)/s).slice(0, 2)));
}

function styleHash(page: string): string {
  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}

describe('pages', () => {
  it('GET / leads to everything else, and everything is there', async () => {
    const { app } = await build();
    const { payload, headers } = await app.inject({ url: '/', headers: BROWSER });
    expect(policyOf(headers)).toMatchObject({ 'default-src': "'none'", 'style-src': styleHash(payload) });
    expect(payload).not.toContain('<script');
    const links = [...payload.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => String(path));
    expect(links).toEqual(
      expect.arrayContaining([
        '/graphql',
        '/graphiql',
        '/heatmap.svg',
        '/health/ready',
        '/metrics',
        '/docs/readme',
        '/docs/protocol',
        '/docs/heatmap.svg',
      ]),
    );
    for (const url of links)
      expect([url, (await app.inject({ url, headers: BROWSER })).statusCode]).toEqual([url, 200]);
  });

  it('GET /graphql shows Sandbox to a browser, and says where to go without internet', async () => {
    const { app } = await build();
    const { payload, headers } = await app.inject({ url: '/graphql', headers: BROWSER });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(payload).toContain('<a href="/graphiql">');
    expect(policyOf(headers)).toMatchObject({
      'script-src': "'self' https://embeddable-sandbox.cdn.apollographql.com",
      'frame-src': 'https://sandbox.embed.apollographql.com',
      'style-src': styleHash(payload),
    });
    const script = await app.inject('/graphql/sandbox.js');
    expect(script.headers['content-type']).toContain('javascript');
    expect(() => new Function(script.payload)).not.toThrow();
  });

  it.each(['application/json', '*/*', 'application/graphql-response+json, text/html;q=0.5'])(
    'GET /graphql shows no page to a client that accepts %s',
    async (accept) => {
      const { app } = await build();
      const { headers } = await app.inject({ url: '/graphql?query={hello}', headers: { accept } });
      expect(headers['content-type']).toContain('json');
    },
  );

  it('GET /graphiql loads nothing from elsewhere', async () => {
    const { app } = await build();
    const { payload, headers } = await app.inject({ url: '/graphiql', headers: BROWSER });
    expect(Object.values(policyOf(headers)).join(' ')).not.toMatch(/http|\*|unsafe-eval/);
    expect(policyOf(headers)['script-src']).toBe("'self'");
    const files = [...payload.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => String(path));
    expect(files).toHaveLength(3);
    for (const url of [
      ...files,
      '/graphiql/editor.worker.js',
      '/graphiql/json.worker.js',
      '/graphiql/graphql.worker.js',
    ]) {
      const file = await app.inject(url);
      expect([url, file.statusCode]).toEqual([url, 200]);
      expect(gunzipSync(file.rawPayload).length).toBeGreaterThan(500);
      const again = await app.inject({ url, headers: { 'if-none-match': String(file.headers.etag) } });
      expect([again.statusCode, again.payload]).toEqual([304, '']);
    }
  });

  it('GET /heatmap.svg is drawn anew, and sent when it has changed', async () => {
    let picture = '<svg xmlns="http://www.w3.org/2000/svg"/>';
    const { app } = await build({ drawHeatmap: async () => picture });
    const first = await app.inject('/heatmap.svg');
    expect([first.payload, first.headers['content-type']]).toEqual([picture, 'image/svg+xml; charset=utf-8']);
    const headers = { 'if-none-match': String(first.headers.etag) };
    expect((await app.inject({ url: '/heatmap.svg', headers })).statusCode).toBe(304);
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>';
    const changed = await app.inject({ url: '/heatmap.svg', headers });
    expect([changed.statusCode, changed.payload]).toEqual([200, picture]);
  });

  it('GET /heatmap.svg is drawn in the language that is asked for', async () => {
    const { app } = await build({ drawHeatmap: (_id, locale) => `<svg><title>${locale}</title></svg>` });
    const title = async (query: string) => (await app.inject(`/heatmap.svg${query}`)).payload;
    expect(await title('')).toContain('en');
    expect(await title('?locale=ES')).toContain('es');
    const refused = await app.inject('/heatmap.svg?locale=fr');
    expect(refused.statusCode).toBe(400);
    expect(refused.json().error.message).toContain('use en or es');
  });

  it.each([
    ['/docs/readme', 'Tertulia'],
    ['/docs/protocol', 'The realtime protocol'],
    ['/docs/security', 'Security'],
    ['/docs/changelog', 'Changelog'],
    ['/docs/contributing', 'Contributing'],
  ])('GET %s is a page whose links all lead somewhere', async (url, title) => {
    const { app } = await build();
    const { payload, headers } = await app.inject({ url, headers: BROWSER });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(payload).toMatch(new RegExp(`<h1 id="[^"]+">${title}`));
    expect(policyOf(headers)).toMatchObject({ 'default-src': "'none'", 'style-src': styleHash(payload) });
    expect(payload.replace(/<pre>.*?<\/pre>/gs, '')).not.toMatch(/<script|\]\(|^\|/m);

    const ids = new Set([...payload.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...payload.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, target]) => String(target));
    for (const target of targets.filter((t) => t.startsWith('#')))
      expect([target, ids.has(target.slice(1))]).toEqual([target, true]);
    for (const target of new Set(targets.filter((t) => t.startsWith('/'))))
      expect([target, (await app.inject({ url: target, headers: BROWSER })).statusCode]).toEqual([
        target,
        200,
      ]);

    const again = await app.inject({ url, headers: { 'if-none-match': String(headers['etag']) } });
    expect([again.statusCode, again.payload]).toEqual([304, '']);
  });

  it('GET /docs leads to the README; a page that is not there is named with those that are', async () => {
    const { app } = await build();
    expect((await app.inject('/docs')).headers.location).toBe('/docs/readme');
    const missing = await app.inject('/docs/secrets');
    expect(missing.statusCode).toBe(404);
    expect(missing.json().error.message).toContain('protocol');
  });

  it('everything else may load nothing and be framed nowhere', async () => {
    const { app } = await build();
    for (const url of ['/graphql?query={hello}', '/health/live', '/metrics', '/nowhere', '/%ff']) {
      const { headers } = await app.inject(url);
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });
});
