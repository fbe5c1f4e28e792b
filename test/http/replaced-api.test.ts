import { ClientError } from '../../src/errors';
import { ADMIN_KEY, build } from './gateway';

const NONE = { climbing: false, surf: false, cooking: false, wine: false };

async function cluster(payload: unknown, headers: Record<string, string> = {}, options = {}) {
  const { app } = await build(options, ADMIN_KEY); // it asks for no key
  return app.inject({
    method: 'POST',
    url: '/cluster',
    headers,
    payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  });
}

describe('POST /cluster', () => {
  it.each([
    ['climbing', 1],
    ['surf', 2],
    ['cooking', 3],
    ['wine', 4],
  ])('counts clusters from 1: %s is in %i', async (interest, number) => {
    const response = await cluster({ _id: 'a', interests: { ...NONE, [interest]: true } });
    expect([response.statusCode, response.payload]).toEqual([200, `{"_id":"a","cluster":${number}}`]);
  });

  it('puts someone without interests into cluster 1', async () => {
    expect((await cluster({ _id: 'a', interests: NONE })).json()).toEqual({ _id: 'a', cluster: 1 });
  });

  it('takes 0 and 1, in the vocabulary’s order whatever the body’s, and ignores unknown keys', async () => {
    const rows: number[][] = [];
    const scoreOne = async (row: Float32Array) => {
      rows.push([...row]);
      return { segment: 0 };
    };
    const interests = { wine: 1, unknown: 'x', surf: 0, climbing: true, cooking: false };
    expect((await cluster({ _id: 'a', interests, more: 1 }, {}, { scoreOne })).statusCode).toBe(200);
    expect(rows).toEqual([[1, 0, 0, 1]]);
  });

  it.each(['"quoted" \u2028 ü', '', 17, -0.5, 'x'.repeat(1000)])('sends back the _id %p', async (_id) => {
    expect((await cluster({ _id, interests: NONE })).json()).toEqual({ _id, cluster: 1 });
  });

  it.each([
    undefined,
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'image/png',
    ';;;',
  ])('takes the content type %p', async (type) => {
    const response = await cluster(
      { _id: 'a', interests: NONE },
      type === undefined ? {} : { 'content-type': type },
    );
    expect([response.statusCode, response.payload]).toEqual([200, '{"_id":"a","cluster":1}']);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each([
    [
      'a missing interest',
      { _id: 'a', interests: { ...NONE, surf: undefined } },
      'interests.surf is missing',
    ],
    ['an inherited one', { _id: 'a', interests: {} }, 'interests.climbing is missing'],
    ['text', { _id: 'a', interests: { ...NONE, wine: 'yes' } }, 'interests.wine is "yes"'],
    ['null', { _id: 'a', interests: { ...NONE, wine: null } }, 'interests.wine is null'],
    ['another number', { _id: 'a', interests: { ...NONE, wine: 2 } }, 'interests.wine is 2'],
    ['an object', { _id: 'a', interests: { ...NONE, wine: {} } }, 'interests.wine is {}'],
    ['a missing _id', { interests: NONE }, '_id is missing'],
    ['a null _id', { _id: null, interests: NONE }, '_id is null'],
    ['an object _id', { _id: { $oid: 'a' }, interests: NONE }, '_id is {"$oid":"a"}'],
    ['no interests', { _id: 'a' }, 'interests is missing'],
    ['a list of interests', { _id: 'a', interests: ['surf'] }, 'interests is ["surf"]'],
    ['a list', [], 'must be a JSON object'],
    ['null', null, 'must be a JSON object'],
    ['bad JSON', '{"_id": ', 'not valid JSON'],
    ['nothing', '', 'empty'],
    ['invalid UTF-8', Buffer.from('{"_id": "\xff"}', 'latin1'), 'not valid UTF-8'],
  ])('refuses %s and says so', async (_what, payload, message) => {
    const response = await cluster(payload, { 'content-type': 'application/json' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      error: { code: 'BAD_USER_INPUT', message: expect.stringContaining(message) },
    });
    expect(response.headers['access-control-allow-origin']).toBe('*');
  });

  it('knows no interest from the prototype', async () => {
    const response = await cluster({ _id: 'a', interests: {} }, {}, { vocabulary: ['constructor'] });
    expect(response.json().error.message).toContain('interests.constructor is missing');
  });

  it('refuses a huge body', async () => {
    const response = await cluster({ _id: 'x'.repeat(300_000), interests: NONE });
    expect([response.statusCode, response.json().error.code]).toEqual([413, 'BAD_USER_INPUT']);
  });

  it('says when there is no model', async () => {
    const scoreOne = async () => {
      throw new ClientError('MODEL_UNAVAILABLE', 'The model cannot be run');
    };
    const response = await cluster({ _id: 'a', interests: NONE }, {}, { scoreOne });
    expect([response.statusCode, response.json().error.code]).toEqual([503, 'MODEL_UNAVAILABLE']);
  });

  it('is open to pages of every origin, on an open gateway too', async () => {
    const { app } = await build();
    const headers = { origin: 'https://app.example', host: 'gateway.example' };
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/cluster',
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('Content-Type'),
    });
    const response = await app.inject({
      method: 'POST',
      url: '/cluster',
      headers,
      payload: { _id: 'a', interests: NONE },
    });
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([200, '*']);
  });
});
