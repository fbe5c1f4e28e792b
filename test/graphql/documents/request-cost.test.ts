import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { ASSIGN } from '../../../bench/requests';
import {
  createRequestCost,
  limitDocument,
  measureDocument,
} from '../../../src/graphql/documents/document-limits';
import { packageRoot } from '../../../src/package-root';
import { ask, build } from '../../http/gateway';

const CLIENT = join(packageRoot, 'test/client');
const SELECTION = 'assignment { userId cluster room { id } } error { code message }';
const MANY = `mutation ($i: [AssignClusterInput!]!) { assignClusters(inputs: $i) { ${SELECTION} } }`;

/** The gateway's own schema, whose one mutation counts how often it ran. */
function countingSchema(): { schema: GraphQLSchema; calls: () => number } {
  const schema = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
  let calls = 0;
  const field = schema.getMutationType()?.getFields()['assignClusters'];
  if (field) {
    field.resolve = (_root, { inputs }: { inputs: unknown[] }) => {
      calls += 1;
      return inputs.map(() => ({ assignment: null, error: null }));
    };
  }
  return { schema, calls: () => calls };
}

/** As many inputs, short enough that thousands of them fit into a request. */
function people(count: number) {
  return Array.from({ length: count }, (_, n) => ({ userId: `u${n}`, city: 'Lisbon', interests: {} }));
}

function attack(selection: string): string {
  const fields = Array.from({ length: 20 }, (_, n) => `a${n}: assignClusters(inputs: $i) { ${selection} }`);
  return `mutation ($i: [AssignClusterInput!]!) { ${fields.join(' ')} }`;
}

describe('the cost of a request with lists in its variables', () => {
  // The first run of a document is measured for the first time, the later ones are known to depend on variables.
  it.each([
    ['a thousand people', MANY, people(1_000)],
    ['one person, not in a list', MANY, people(1)[0]],
    ['twenty times one person', attack(SELECTION), people(1)],
  ])('lets %s through', async (_what, query, i) => {
    const { schema, calls } = countingSchema();
    const { app } = await build({ schema });
    for (let run = 1; run <= 3; run++) {
      const { status, body } = await ask(app, { query, variables: { i } });
      expect([status, body.errors]).toEqual([200, undefined]);
    }
    expect(calls()).toBe(query === MANY ? 3 : 60);
  });

  const interest = 'interest { key label group }';
  const everything = `assignment { userId cluster margin affinities { weight share segment { number key label } }
    segment { topInterests { ${interest} weight heat lift } } reasons { ${interest} contribution } }`;
  it.each([
    [
      'twenty times a thousand people',
      attack('assignment { segment { topInterests { heat } } }'),
      20 * 16_000,
    ],
    ['twenty times, and little of each', attack('__typename'), 20 * 2_001],
    [
      'a thousand people and everything about them',
      `mutation ($i: [AssignClusterInput!]!) { assignClusters(inputs: $i) { ${everything} } }`,
      100_000,
    ],
  ])('refuses %s before any of it runs', async (_what, query, atLeast) => {
    const { schema, calls } = countingSchema();
    const { app } = await build({ schema });
    for (let run = 1; run <= 3; run++) {
      const { status, body } = await ask(app, { query, variables: { i: people(1_000) } });
      const [{ message, extensions }] = body.errors;
      expect([status, extensions.code, extensions.limit]).toEqual([400, 'TOO_COMPLEX', 40_000]);
      expect(extensions.found).toBeGreaterThanOrEqual(atLeast);
      expect(message).toContain(`is ${extensions.found}, past the limit of 40000`);
    }
    expect(calls()).toBe(0);
  });

  it('counts what a variable is by default', () => {
    const { schema } = countingSchema();
    const inputs = people(50).map(({ userId }) => `{ userId: "${userId}", city: "Lisbon" }`);
    const source = `mutation ($i: [AssignClusterInput!]! = [${inputs}]) { assignClusters(inputs: $i) { __typename } }`;
    const document = parse(source);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('No operation');
    const costOf = createRequestCost(schema);
    expect(costOf(document, operation, {})).toBe(1 + 50 * 2);
    expect(costOf(document, operation, { i: people(2) })).toBe(1 + 2 * 2);
  });
});

describe('honest documents', () => {
  const schema = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));

  it('everything about one assignment costs little', () => {
    expect(limitDocument(measureDocument(schema, parse(ASSIGN)))).toEqual([]);
  });

  it('all that a client usually asks for passes', () => {
    const files = readdirSync(CLIENT).filter((name) => name.endsWith('.graphql'));
    const source = files.map((name) => readFileSync(join(CLIENT, name), 'utf8')).join('\n');
    expect(files.length).toBeGreaterThan(3);
    expect(limitDocument(measureDocument(schema, parse(source)))).toEqual([]);
  });
});
