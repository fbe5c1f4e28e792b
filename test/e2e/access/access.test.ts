import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { ROUTES } from '../../../src/http/admission/access';
import { packageRoot } from '../../../src/package-root';
import { ACCESS } from '../../../src/resolvers/access';
import { ROLES } from '../../../src/viewer';
import { AssignDocument } from '../../client/generated';
import { ProtocolSocket } from '../../realtime/protocol-socket';
import type { Client } from '../client';
import { useGateway } from '../gateway';
import { LIKES } from '../people';
import { embeddedStorage } from '../storages';
import { callOf, type Things, takesIds } from './calls';
import { JWT_SECRET, OPERATOR_KEY, type Personas, personasOf } from './personas';
import { makeThings } from './things';

const PERSONAS = [
  'nobody',
  'a wrong key',
  'a revoked key',
  'an expired token',
  'MEMBER',
  'APP',
  'ADMIN',
  'an ADMIN of another organization',
] as const satisfies readonly (keyof Personas)[];
const REFUSED = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'];

const schema = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
const rootFields = (['Query', 'Mutation', 'Subscription'] as const).flatMap((root) =>
  Object.values((schema.getType(root) as GraphQLObjectType).getFields()).map((field) => ({
    root,
    name: field.name,
    field: field as GraphQLField<unknown, unknown>,
  })),
);

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const refusedWith = (code: string): Answer => ({ errors: [{ message: '', extensions: { code } }] });

describe('access', () => {
  const gateway = useGateway(embeddedStorage, { ADMIN_API_KEY: OPERATOR_KEY, AUTH_JWT_SECRET: JWT_SECRET });
  let personas: Personas;
  let theirs: Things;
  beforeAll(async () => {
    personas = await personasOf(gateway.url, 'ana');
    theirs = await makeThings(personas.ADMIN.client, 'somebody');
  });
  // Where the calls before may have taken her away from.
  const joinLisbon = () =>
    personas.APP.client.run(AssignDocument, {
      input: { userId: 'ana', city: 'Lisbon', interests: LIKES[1] },
    });

  const ask = async (client: Client, query: string): Promise<Answer> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...client.credentials },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  };
  const watch = async (client: Client, query: string): Promise<Answer> => {
    const socket = await ProtocolSocket.open(`${gateway.url.replace('http', 'ws')}/graphql`);
    socket.send({ type: 'connection_init', payload: client.credentials });
    const answer = await Promise.race([socket.closed, socket.until(({ type }) => type === 'connection_ack')]);
    if ('code' in answer) return refusedWith(answer.code === 4403 ? 'UNAUTHENTICATED' : 'RATE_LIMITED');
    socket.subscribe('it', {}, query);
    await socket.settled();
    // The one connection of the database answers in turn: after this, the subscription's own question is answered.
    await ask(personas.ADMIN.client, '{ cities { edges { cursor } } }');
    await socket.settled();
    const error = socket.messages.find(({ id, type }) => id === 'it' && type === 'error');
    socket.socket.close();
    await socket.closed;
    return error === undefined ? { data: {} } : refusedWith(error.payload[0].extensions.code);
  };
  const refusalOf = async (root: string, client: Client, call: string): Promise<string | null> => {
    const text = `${root.toLowerCase()} { ${call} }`;
    const { errors } = await (root === 'Subscription' ? watch(client, text) : ask(client, text));
    return errors?.map(({ extensions }) => extensions.code).find((code) => REFUSED.includes(code)) ?? null;
  };

  /** Things that nobody has: the calls are made for real. */
  const nothing = (): Things => {
    const id = randomUUID();
    const ids = { room: id, dataset: id, model: id, job: id, report: id, branch: id, apiKey: id };
    return { ...ids, userId: 'ana', city: 'Lisbon' };
  };

  describe.each(rootFields)('$root.$name', ({ root, name, field }) => {
    it.each(PERSONAS)('as %s', async (persona) => {
      const rule = ACCESS[root]?.[name];
      if (rule === undefined) throw new Error('There is no rule');
      const { role, client } = personas[persona];
      if (role === 'MEMBER') await joinLisbon();
      const refusal = await refusalOf(root, client, callOf(field, nothing()));
      if (role === null) return expect(['UNAUTHENTICATED', 'RATE_LIMITED']).toContain(refusal);
      const isOperator = persona === 'ADMIN';
      const may =
        ROLES.indexOf(role) >= ROLES.indexOf(rule.role) && (rule.operator === undefined || isOperator);
      expect(refusal).toBe(may ? null : 'FORBIDDEN');
      if (rule.own === undefined || role !== 'MEMBER') return;
      // Not for itself, or in another city.
      const foreign = callOf(field, { ...theirs, userId: 'somebody', city: 'Porto', room: randomUUID() });
      const answer = await refusalOf(root, client, foreign);
      if (answer !== 'FORBIDDEN') {
        const { data } = await ask(client, `{ ${foreign} }`);
        expect(data).toEqual({ [name]: null });
      }
    });
  });

  // Whatever answers GET answers HEAD.
  const routes = Object.entries(ROUTES).flatMap(([route, least]) =>
    route.startsWith('GET ')
      ? [[route, least] as const, [route.replace('GET', 'HEAD'), least] as const]
      : [[route, least] as const],
  );
  describe.each(routes)('%s', (route, least) => {
    it.each(PERSONAS)('as %s', async (persona) => {
      const [method = '', path = ''] = route.split(' ');
      if (path === '/graphql') return; // each of its fields is asked for above
      const { role, client } = personas[persona];
      const { status } = await fetch(
        gateway.url + path.replace(':id', randomUUID()).replace(':file', 'none'),
        {
          method,
          headers: client.credentials,
          body: method === 'POST' ? '{}' : null,
        },
      );
      if (least === 'ANYONE') expect([401, 403]).not.toContain(status);
      else if (role === null) expect([401, 429]).toContain(status);
      else if (least === 'OPERATOR' && persona !== 'ADMIN') expect(status).toBe(403);
      else if (least !== 'OPERATOR' && ROLES.indexOf(role) < ROLES.indexOf(least)) expect(status).toBe(403);
      else expect([401, 403]).not.toContain(status);
    });
  });

  it('tells "not yours" and "not there" in the same words, 10,000 times', async () => {
    const fields = rootFields.filter(({ root, field }) => root !== 'Subscription' && takesIds(field));
    const { client } = personas['an ADMIN of another organization'];
    const admin = personas.ADMIN.client;
    const TRIES = 10_000;
    const AT_ONCE = 10;
    let tries = 0;
    for (let round = 0; tries < TRIES; round++) {
      for (const { root, name, field } of fields) {
        // Calls that make something of their own are no reads of somebody else's.
        if (MAKES.includes(name)) continue;
        const missing = { ...nothing(), userId: `nobody ${round}` };
        const say = async (things: Things) => {
          const call = callOf(field, things);
          const calls = Array.from({ length: AT_ONCE }, (_, i) => `c${i}: ${call}`).join(' ');
          const answer = await ask(client, `${root.toLowerCase()} { ${calls} }`);
          return Object.values(things).reduce((text, id) => text.replaceAll(id, '…'), JSON.stringify(answer));
        };
        const said = (await say({ ...theirs, city: missing.city })).replace(/request [\w-]+/g, '');
        expect([name, said]).toEqual([name, await say(missing)]);
        tries += AT_ONCE;
      }
    }
    // And all of it is still there, for its owner.
    for (const name of ['dataset', 'model', 'job', 'report', 'room', 'member']) {
      const field = (schema.getQueryType() as GraphQLObjectType).getFields()[name] as GraphQLField<
        unknown,
        unknown
      >;
      const { data } = await ask(admin, `{ ${callOf(field, theirs)} }`);
      expect(data?.[name]).not.toBeNull();
    }
    expect(tries).toBeGreaterThanOrEqual(TRIES);
  });
});

/** Of the asking organization, whatever the ids are: a userId is everybody's own choice. */
const MAKES = ['assignCluster', 'assignClusters'];
