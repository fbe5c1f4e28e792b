import { buildSchema } from 'graphql';
import { locationsOf } from '../../../src/graphql/documents/document-lines';
import { DocumentStore } from '../../../src/graphql/documents/document-store';
import { OperationRefused } from '../../../src/graphql/documents/operation-refused';

const schema = buildSchema('type Query { hello(name: String): String, city: String }');

async function refusal(text: string, explorer = true): Promise<OperationRefused> {
  try {
    await new DocumentStore({ schema, explorer }).get(text, 'somebody');
  } catch (error) {
    if (error instanceof OperationRefused) return error;
    throw error;
  }
  throw new Error('It was read');
}

describe('the store of documents', () => {
  it('keeps those used last, as many as it has bytes for', async () => {
    const store = new DocumentStore({ schema, explorer: true, keptBytes: 20_000 });
    const text = (n: number) => `{ hello a${n % 10}: hello } # ${n}`.padEnd(50);
    const first = await store.get(text(0), 'somebody');
    expect(await store.get(text(0), 'somebody else')).toBe(first);
    const least = store.bytes;
    for (let n = 1; n < 100; n++) {
      await store.get(text(n), 'somebody');
      expect(store.get(text(0), 'somebody')).toBe(first);
      expect(store.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(store.bytes).toBeGreaterThan(20_000 - least);
    const second = await store.get(text(1), 'somebody');
    for (let n = 2; n < 10; n++) await store.get(text(n), 'somebody');
    expect(await store.get(text(1), 'somebody')).not.toBe(second);
  });

  it('does not keep what alone is past its bytes', async () => {
    const store = new DocumentStore({ schema, explorer: true, keptBytes: 1_000 });
    await store.get('{ hello }'.padEnd(500), 'somebody');
    expect(store.bytes).toBe(0);
  });

  it.each([
    [true, 'Cannot query field "helo" on type "Query". Did you mean "hello"?'],
    [false, 'Cannot query field "helo" on type "Query".'],
  ])('suggests names to who may explore the schema: %s', async (explorer, message) => {
    expect((await refusal('{ helo }', explorer)).errors.map((error) => error.message)).toEqual([message]);
  });

  it('lets nobody explore a schema that may not be', async () => {
    expect((await refusal('{ __schema { types { name } } }', false)).message).toContain('introspection');
  });

  it('refuses what is too long before reading it', async () => {
    const { errors } = await refusal('{ hello } '.padEnd(65_537, '#'));
    expect(errors[0]?.extensions).toEqual({ code: 'TOO_COMPLEX', limit: 65_536, found: 65_537 });
  });

  it('tells lines and columns, at most ten of an error', async () => {
    const variables = Array.from({ length: 200 }, () => '$a: Int').join('\r\n\n ');
    const { errors } = await refusal(`query Q(\n${variables}) { hello }`);
    const [error] = errors;
    expect(error?.message).toBe('There can be only one variable named "$a".');
    expect(error && locationsOf(error)).toEqual(
      Array.from({ length: 10 }, (_, n) => ({ line: 2 + 2 * n, column: n === 0 ? 2 : 3 })),
    );
  });
});
