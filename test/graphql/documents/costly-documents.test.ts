import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import { DocumentStore } from '../../../src/graphql/documents/document-store';
import { OperationRefused } from '../../../src/graphql/documents/operation-refused';
import { createExecutor } from '../../../src/graphql/execution/executor';
import { packageRoot } from '../../../src/package-root';
import { ADMIN_KEY, ask, build } from '../../http/gateway';
import { RandomDocuments } from '../random-documents';

const schema = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
const INTROSPECTION = getIntrospectionQuery({
  inputValueDeprecation: true,
  specifiedByUrl: true,
  schemaDescription: true,
  directiveIsRepeatable: true,
  oneOf: true,
});

/** Forty fragments, each of which spreads the next twice. */
function bomb(type: string, start: string, end: string): string {
  const fragments = Array.from(
    { length: 40 },
    (_, i) => `fragment f${i} on ${type} { ...f${i + 1} ...f${i + 1} }`,
  );
  return `${start} ${fragments.join(' ')} fragment f40 on ${type} { ${end} }`;
}

describe('documents that cost more than they weigh', () => {
  it.each([
    ['of introspection', bomb('__Type', '{ __schema { types { ...f0 } } }', 'name')],
    ['of fields', bomb('Query', '{ ...f0 }', 'segments { key }')],
    ['of a type that there is not', bomb('Nothing', '{ ...f0 }', 'x')],
    ['below a field that there is not', bomb('Query', '{ nope { nope { ...f0 } } }', 'x')],
    ['in a circle', bomb('Query', '{ ...f0 }', '...f0 segments { key }')],
  ])('fragments %s are counted before they are expanded', async (_what, query) => {
    const { app } = await build({ schema });
    for (let time = 0; time < 3; time++) {
      const { status, body } = await ask(app, { query });
      expect([status, body.errors[0].extensions]).toEqual([
        400,
        { code: 'TOO_COMPLEX', limit: 2_000, found: expect.any(Number) },
      ]);
      expect(body.errors[0].extensions.found).toBeGreaterThan(2 ** 40);
    }
  });

  it('answers tools that read the schema with all their options', async () => {
    const { app } = await build({ schema });
    for (let time = 0; time < 2; time++) {
      const { body } = await ask(app, { query: INTROSPECTION });
      expect(body.errors).toBeUndefined();
      expect(JSON.stringify(body).length).toBeLessThan(500_000);
    }
  });

  it.each([
    [
      'aliases',
      `{ __schema { types { ${Array.from({ length: 28 }, (_, n) => `a${n}: fields { name description type { name ofType { name } } args { name description } }`).join(' ')} } } }`,
    ],
    [
      'fragments',
      `{ __schema { a: types { ...f } b: types { ...f } c: types { ...f } d: types { ...f } } }
       fragment f on __Type { fields { a: type { ...g } b: type { ...g } c: type { ...g } d: type { ...g } } }
       fragment g on __Type { name description kind ofType { name description kind ofType { name description } } }`,
    ],
  ])('ends an answer about the schema that grows by %s', async (_what, query) => {
    const { app } = await build({ schema });
    for (let time = 0; time < 2; time++) {
      const { body } = await ask(app, { query });
      expect(body.data).toBeUndefined();
      expect(body.errors).toEqual([
        {
          message: expect.stringContaining('1000000 characters'),
          extensions: { code: 'TOO_COMPLEX', limit: 1_000_000 },
        },
      ]);
    }
  });

  it('tells no more errors than anybody reads', async () => {
    const failing = buildSchema('type Query { list: [Item] } type Item { a: Int, b: Int }');
    const fail = () => {
      throw new Error('out of order');
    };
    for (const field of Object.values(
      (failing.getType('Item') as never as { getFields(): object }).getFields(),
    )) {
      field.resolve = fail;
    }
    Object.assign(failing.getQueryType()?.getFields()['list'] ?? {}, {
      resolve: () => Array.from({ length: 100 }, () => ({})),
    });
    const { app } = await build({ schema: failing });
    const { body } = await ask(app, { query: '{ list { a b } }' });
    expect(body.data.list).toHaveLength(100);
    expect(body.errors).toHaveLength(101);
    expect(body.errors[100].message).toBe('100 more errors are not told one by one');
  });

  it('does not repeat long values in each of many errors', async () => {
    const { app } = await build({ schema });
    const query = 'query ($i: AssignClusterInput!) { x: assignCluster(input: $i) { seq } }'.replace(
      'query',
      'mutation',
    );
    const wrong = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`wrong${n}`, 1]));
    const { body } = await ask(app, {
      query,
      variables: { i: { userId: 'x'.repeat(100_000), city: 'Lisbon', ...wrong } },
    });
    expect(body.errors.length).toBeLessThanOrEqual(21);
    expect(JSON.stringify(body).length).toBeLessThan(30_000);
  });

  it('parses nothing of whom it does not know', async () => {
    const { app } = await build({ schema }, ADMIN_KEY);
    for (const body of ['{', '{"query": 7}', JSON.stringify({ query: '{' }), 'x'.repeat(100_000)]) {
      expect((await ask(app, body)).body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    }
    const known = await ask(app, '{', { authorization: `Bearer ${ADMIN_KEY}` });
    expect(known.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('random documents', () => {
  /** Everything that one answers, counted: each list has 100 items, as long as the longest page. */
  function countingSchema(): { readonly counted: typeof schema; readonly calls: () => number } {
    const counted = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
    let calls = 0;
    for (const type of Object.values(counted.getTypeMap())) {
      if (!('getFields' in type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const name = String(field.type);
        const scalar = { Int: 1, Float: 1, Boolean: true, DateTime: '2026-01-01T00:00:00Z' };
        const [bare = ''] = /\w+/.exec(name) ?? [];
        const one = bare in scalar ? scalar[bare as keyof typeof scalar] : {};
        const enumType = counted.getType(bare) as { getValues?(): { value: unknown }[] };
        const value = enumType.getValues?.()[0]?.value ?? (/^(ID|String|JSON)$/.test(bare) ? 'text' : one);
        Object.assign(field, {
          resolve: (_source: unknown, { first = 10 }: { first?: number }) => {
            calls += 1;
            const items = Array.from({ length: name.startsWith('[') ? Math.min(first, 100) : 0 }, () =>
              name.startsWith('[[') ? [value] : value,
            );
            return name.startsWith('[') ? items : value;
          },
        });
      }
    }
    return { counted, calls: () => calls };
  }

  it('call no more resolvers than their cost says, valid or not, and never throw anything else', async () => {
    const { counted, calls } = countingSchema();
    const store = new DocumentStore({ schema: counted, explorer: true });
    const execute = createExecutor(counted);
    const documents = new RandomDocuments(counted, 7);
    const found = { refused: 0, run: 0 };
    for (let n = 0; n < 400; n++) {
      const source = documents.next({ size: 5 + (n % 60), wrong: n % 3 === 0 ? 0.05 : 0, repeat: 0.7 });
      try {
        const document = await store.get(source, 'anybody');
        const before = calls();
        const { errors } = await execute({ document, variables: { yes: true, v0: 1 }, context: {} });
        expect([source, calls() - before <= 10_000]).toEqual([source, true]);
        expect(JSON.stringify(errors ?? []).length).toBeLessThan(100_000);
        found.run += 1;
      } catch (error) {
        if (!(error instanceof OperationRefused)) throw error;
        expect(error.errors.length).toBeLessThanOrEqual(11);
        found.refused += 1;
      }
      parse(source);
    }
    expect(found.run).toBeGreaterThan(50);
    expect(found.refused).toBeGreaterThan(50);
  });
});
