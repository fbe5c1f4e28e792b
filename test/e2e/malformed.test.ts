import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { parseCityName } from '../../src/membership/cities/city-name';
import { AssignDocument } from '../client/generated';
import { ProtocolSocket } from '../realtime/protocol-socket';
import { textOf } from './client';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { embeddedStorage } from './storages';
import { Watcher } from './watcher';

const gateway = useGateway(embeddedStorage); // which fails the suite when anything here is logged as a defect

const ASSIGN = textOf(AssignDocument);
const RUNS = 150;

/** Strings of any UTF-16 code units, halves of surrogate pairs and control characters among them. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 140 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
);

afterEach(async () => {
  const input = { userId: 'still there', city: 'Lisbon', interests: LIKES[1] };
  expect(await gateway.client.run(AssignDocument, { input })).toMatchObject({
    assignCluster: { cluster: 1 },
  });
});

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly error?: { readonly code?: string };
}

async function send(path: string, body: unknown) {
  const response = await gateway.client.post(path, body);
  const { data, errors, error } = (await response.json()) as Answer;
  const codes = [...(errors ?? []).map(({ extensions }) => extensions?.code), ...(error ? [error.code] : [])];
  return { status: response.status, data, codes };
}

/** Refused as the client's mistake: never 5xx, always coded. */
async function expectRefusal(path: string, body: unknown): Promise<void> {
  const { status, codes } = await send(path, body);
  expect([400, 413]).toContain(status);
  expect(codes.length).toBeGreaterThan(0);
  for (const code of codes) expect(['BAD_USER_INPUT', 'TOO_COMPLEX']).toContain(code);
}

describe('HTTP', () => {
  it.each(['/graphql', '/cluster'])('POST %s refuses any JSON that is no request', async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), (body) => expectRefusal(path, JSON.stringify(body))),
      { numRuns: RUNS },
    );
  });

  it.each(['/graphql', '/cluster'])('POST %s refuses any bytes', async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => expectRefusal(path, Buffer.from(bytes))),
      { numRuns: RUNS },
    );
  });

  const deep = '['.repeat(100_000);
  it.each([
    ['deep JSON', deep + deep.replaceAll('[', ']')],
    ['deep JSON that does not end', deep],
    ['a deep query', JSON.stringify({ query: '{city(name:"x"){rooms{'.repeat(5_000) })],
    ['a query of one deep list', JSON.stringify({ query: `{city(name:${'['.repeat(1_900)}` })],
    ['a huge string', JSON.stringify({ query: ASSIGN, variables: { input: 'x'.repeat(250_000) } })],
    ['a body past the limit', JSON.stringify({ query: 'x'.repeat(300_000) })],
    ['a query of control characters', JSON.stringify({ query: '\u0000\u0001{\u001f}' })],
    ['half a surrogate pair as query', '{"query":"\\ud800"}'],
    ['a query that is an object', '{"query":{"__proto__":{"toString":1}}}'],
    ['variables that are a list', JSON.stringify({ query: ASSIGN, variables: [1] })],
    ['variables that are text', JSON.stringify({ query: ASSIGN, variables: '{}' })],
    ['an operation that is not there', JSON.stringify({ query: ASSIGN, operationName: 'constructor' })],
    [
      'deep variables',
      `{"query":${JSON.stringify(ASSIGN)},"variables":{"input":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
    ],
    ['a batch', JSON.stringify([{ query: '{ interests { key } }' }])],
  ])('POST /graphql refuses %s', async (_what, body) => {
    await expectRefusal('/graphql', body);
  });

  it('assignCluster refuses any input that is none', async () => {
    const anyField = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText);
    const anyInput = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record(
        { userId: anyField, city: anyField, interests: anyField, features: anyField },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        const { status, data, codes } = await send('/graphql', { query: ASSIGN, variables: { input } });
        expect([200, 400]).toContain(status);
        expect(codes).toEqual(data ? [] : codes.map(() => 'BAD_USER_INPUT'));
        expect(codes.length > 0).toBe(!data);
      }),
      { numRuns: RUNS },
    );
  });

  it('takes exactly the names that are text, and gives them back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (userId, city) => {
        const input = { userId, city, interests: LIKES[2] };
        const { data, codes } = await send('/graphql', { query: ASSIGN, variables: { input } });
        if (isName(userId, 128) && isCityName(city)) {
          expect(codes).toEqual([]);
          expect(data?.['assignCluster']).toMatchObject({ userId });
        } else expect(codes).toEqual(['BAD_USER_INPUT']);
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it.each([
    ['auditLog', 'audit log'],
    ['datasets', 'datasets'],
    ['jobs', 'jobs'],
  ])('refuses a cursor of %s that its sender wrote', async (field, list) => {
    const places = [
      ...['x', '-1', '17', ` ${randomUUID()}`, '2026-01-01T00:00:00.000000Z 7'],
      ...['2026-02-30', '2026-13-01', '0000-01-01', '9999-99-99'].map(
        (day) => `${day}T00:00:00.000000Z ${randomUUID()}`,
      ),
    ];
    for (const place of places) {
      const after = Buffer.from(JSON.stringify([list, place])).toString('base64url');
      const query = `{ ${field}(after: "${after}") { edges { cursor } } }`;
      expect((await send('/graphql', { query })).codes).toEqual(['BAD_USER_INPUT']);
    }
  });

  it.each(['', 'x'.repeat(201), '\ud800'])('refuses an idempotency key that cannot be kept', async (key) => {
    const query = `mutation ($key: String) {
      createReport(input: {datasetId: "${randomUUID()}"}, idempotencyKey: $key) { id } }`;
    expect((await send('/graphql', { query, variables: { key } })).codes).toEqual(['BAD_USER_INPUT']);
  });

  it('looks up whatever it is asked for', async () => {
    const query = `query ($text: String!, $id: ID!, $number: Int!, $first: Int) {
      city(name: $text) { seq } room(id: $id) { id } member(userId: $id) { userId }
      segment(number: $number) { key } cities(first: $first, after: $text) { edges { cursor } } }`;
    const anyNumber = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 31, -(2 ** 31), 1e300, null));
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyNumber, anyNumber, async (text, id, number, first) => {
        const { status, codes } = await send('/graphql', { query, variables: { text, id, number, first } });
        expect([200, 400]).toContain(status);
        expect(codes).toEqual(codes.map(() => 'BAD_USER_INPUT'));
        expect(codes.length).toBeGreaterThan(0); // no text is a cursor
      }),
      { numRuns: RUNS },
    );
  });
});

describe('WebSockets', () => {
  const url = () => `${gateway.url.replace(/^http/, 'ws')}/graphql`;

  it('answer any message with a coded error, or close with a code that blames it', async () => {
    const anyMessage = fc.record(
      {
        id: fc.oneof(anyText, fc.jsonValue()),
        type: fc.constantFrom('subscribe', 'complete', 'ping', 'pong', 'next', 'connection_init', 'error', 7),
        payload: fc.oneof(
          fc.jsonValue(),
          fc.record({ query: fc.oneof(anyText, fc.jsonValue()), variables: fc.jsonValue() }),
          fc.record({
            query: fc.constant(
              'subscription ($city: String!, $after: Int) { roomMembershipChanged(city: $city, after: $after) { seq } }',
            ),
            variables: fc.record({
              city: fc.oneof(anyText, fc.jsonValue()),
              after: fc.oneof(fc.jsonValue(), fc.integer()),
            }),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyMessage, fc.jsonValue(), anyText), async (message) => {
        const socket = await ProtocolSocket.connect(url());
        socket.send(typeof message === 'string' ? message : JSON.stringify(message));
        socket.send('{"type":"ping","payload":{"marker":"the end"}}');
        await Promise.race([
          socket.closed,
          socket.until(({ payload }) => payload?.marker === 'the end').catch(() => null),
        ]);
        await socket.close();
        const { code } = await socket.closed;
        expect([1005, 4400, 4409, 4429]).toContain(code);
        for (const { type, payload } of socket.messages.filter(({ type }) => type === 'error')) {
          expect([type, payload[0].extensions.code]).toEqual([
            'error',
            expect.stringMatching(/^(BAD_USER_INPUT|TOO_COMPLEX)$/),
          ]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('close on any bytes that are no frame, and nobody else notices', async () => {
    const watcher = new Watcher(gateway.url, 'Lisbon', 0);
    const input = { userId: 'before the noise', city: 'Lisbon', interests: LIKES[1] };
    await gateway.client.run(AssignDocument, { input });
    await watcher.reaches(1);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 100 }), async (bytes) => {
        const socket = new WebSocket(url(), 'graphql-transport-ws');
        socket.on('error', () => undefined);
        await once(socket, 'open');
        const { _socket: connection } = socket as unknown as { _socket: Socket };
        connection.end(bytes);
        await once(socket, 'close');
      }),
      { numRuns: RUNS },
    );
    const { assignCluster } = await gateway.client.run(AssignDocument, {
      input: { ...input, userId: 'after the noise' },
    });
    await watcher.reaches(assignCluster.seq ?? 0);
  });
});

function isName(text: string, most: number): boolean {
  return text.trim() !== '' && [...text].length <= most && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

function isCityName(text: string): boolean {
  try {
    return parseCityName('city', text).key !== '';
  } catch {
    return false;
  }
}
