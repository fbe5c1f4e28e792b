import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLObjectType,
  GraphQLScalarType,
  parse,
} from 'graphql';
import { createExecutor } from '../../../src/graphql/execution/executor';

const SDL = `
  scalar Even
  enum Colour { RED GREEN }
  input Part { even: Even, colour: Colour = GREEN, list: [Int!] }
  input Russian { doll: Russian, size: Int }
  input Whole { id: ID!, count: Int = 3, ratio: Float, flag: Boolean = false, part: Part, matrix: [[Int]] }
  interface Named { name: String }
  type Cat implements Named { name: String, lives: Int }
  type Dog implements Named { name: String, tricks: [String!] }
  type Leaf { id: ID!, colour: Colour, broken: String, strict: String!, leaves: [Leaf!]!, maybe: [Leaf] }
  type Query {
    echo(whole: Whole, ids: [ID!], colour: Colour = RED, n: Int): String
    dolls(outer: Russian): String
    leaf: Leaf, later: Leaf, nothing: Leaf, pets: [Named!]!
  }
  type Mutation { next(by: Int! = 1): Int!, fail: Int }
`;

const schema = buildSchema(SDL);
const leaf = (id: number): object => ({
  id,
  colour: id % 2 ? 'RED' : 'GREEN',
  strict: id === 3 ? null : 'strict',
  leaves: id > 3 ? [] : [leaf(id + 1), leaf(id + 2)],
  maybe: [null, id > 2 ? null : leaf(id + 3)],
});

/** JSON with sorted keys: the order of arguments is nobody's promise. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .sort()
            .map((key) => [key, inner[key]]),
        )
      : inner,
  );
}

type Resolve = NonNullable<ReturnType<GraphQLObjectType['getFields']>[string]['resolve']>;

function resolveWith(type: string, resolvers: Record<string, Resolve>): void {
  const fields = (schema.getType(type) as GraphQLObjectType).getFields();
  for (const [name, resolve] of Object.entries(resolvers)) Object.assign(fields[name] as object, { resolve });
}

resolveWith('Query', {
  echo: (_root, args) => canonical(args),
  dolls: (_root, args) => canonical(args),
  leaf: () => leaf(1),
  later: async () => leaf(2),
  nothing: () => null,
  pets: async () => [
    { __typename: 'Cat', name: 'Tom', lives: 9 },
    { __typename: 'Dog', name: 'Rex', tricks: ['sit'] },
  ],
});
resolveWith('Leaf', {
  async broken({ id }) {
    throw new Error(`broken ${id}`);
  },
});
resolveWith('Mutation', {
  next: async (_root, { by }, context) => {
    const before = context.count;
    await new Promise(setImmediate); // two at once would see the same count
    context.count = before + by;
    return context.count;
  },
  fail: () => {
    throw new Error('failed');
  },
});
(schema.getType('Even') as GraphQLScalarType).parseValue = (value) => {
  if (typeof value === 'number' && value % 2 === 0) return value;
  throw new TypeError('not even');
};

interface Answer {
  readonly data: unknown;
  /** Sorted: the order of errors from fields that run side by side is nobody's promise. */
  readonly errors: unknown[];
}

/** What clients see of a result. */
function seen({ data, errors = [] }: ExecutionResult): Answer {
  const told = errors.map(({ message, path, locations }) => JSON.stringify({ message, path, locations }));
  return JSON.parse(JSON.stringify({ data, errors: told.sort() }));
}

/** Answers by graphql-js, and by the executor the first, second and third time. */
async function answers(
  source: string,
  variables?: Record<string, unknown>,
  operationName?: string,
): Promise<Answer[]> {
  const document = parse(source);
  const run = createExecutor(schema);
  const results = [
    await execute({
      schema,
      document,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
      contextValue: { count: 0 },
    }),
  ];
  for (let time = 0; time < 3; time++) {
    results.push(await run({ document, variables, operationName, context: { count: 0 } }));
  }
  return results.map(seen);
}

async function expectTheSame(
  source: string,
  variables?: Record<string, unknown>,
  operationName?: string,
): Promise<void> {
  const [walked, ...others] = await answers(source, variables, operationName);
  for (const other of others) expect(other).toEqual(walked);
}

describe('the compiling executor answers as graphql-js does', () => {
  it.each([
    '{ leaf { id colour leaves { id colour maybe { id } } } }',
    '{ later { id leaves { leaves { id strict } } } nothing { id } }',
    '{ leaf { id broken leaves { broken } } }',
    '{ leaf { maybe { strict maybe { strict } } } }',
    '{ leaf { leaves { leaves { strict } } } later { leaves { strict } } }',
    '{ a: leaf { id } b: leaf { id x: colour } leaf { ...f } } fragment f on Leaf { id leaves { ...g } } fragment g on Leaf { id }',
    '{ echo(whole: { id: 1, part: { even: 2, colour: RED } }) }',
    '{ echo(ids: "one", n: null) }',
    '{ pets { __typename name ... on Cat { lives } ... on Dog { tricks } } }',
    '{ __typename __schema { queryType { name fields { name args { name defaultValue } } } } }',
    'mutation { a: next b: next(by: 5) fail c: next }',
  ])('%s', async (source) => expectTheSame(source));

  it('with conditions, alone and on fragments used in several places', async () => {
    const source = `query ($a: Boolean!, $b: Boolean!) {
      leaf { id @skip(if: $a) ...f @include(if: $b) leaves { ...f ... @skip(if: $b) { strict id } } }
      later @include(if: $a) { ...f @skip(if: $a) colour ...f }
      nothing @skip(if: $b) @include(if: $a) { id }
    }
    fragment f on Leaf { id colour @skip(if: $b) maybe @include(if: $a) { id } }`;
    for (const a of [true, false]) for (const b of [true, false]) await expectTheSame(source, { a, b });
  });

  it('with several operations in a document, one of them planned after the other', async () => {
    const source =
      'query A($x: Boolean!) { leaf { ...f } } query B($x: Boolean!) { later { ...f @skip(if: $x) colour } } fragment f on Leaf { id strict @include(if: $x) }';
    const document = parse(source);
    const run = createExecutor(schema);
    for (let time = 0; time < 3; time++) {
      for (const operationName of ['A', 'B', 'C', undefined]) {
        for (const x of [true, false]) {
          const expected = await execute({
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: { x },
          });
          expect(seen(await run({ document, operationName, variables: { x }, context: {} }))).toEqual(
            seen(expected),
          );
        }
      }
    }
  });

  it('mutations run one after the other', async () => {
    const all = await answers('mutation { a: next b: next(by: 5) c: next }');
    for (const { data } of all) expect(data).toEqual({ a: 1, b: 6, c: 7 });
  });

  it('with whatever variables', async () => {
    const value = fc.oneof(
      { withCrossShrink: true },
      fc.constantFrom(null, true, false, 0, 1, 2, 3, 1.5, 2 ** 31, '', 'RED', 'GREEN', '1', [], {}),
      fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant(null)), { maxLength: 3 }),
    );
    const part = fc.record({ even: value, colour: value, list: value, extra: value }, { requiredKeys: [] });
    const whole = fc.record(
      {
        id: value,
        count: value,
        ratio: value,
        flag: value,
        part: fc.oneof(part, value),
        matrix: value,
        __proto__: value,
      },
      { requiredKeys: [] },
    );
    const variables = fc.record(
      { whole: fc.oneof(whole, value), ids: value, colour: value, n: value },
      { requiredKeys: [], noNullPrototype: true },
    );
    const source =
      'query ($whole: Whole, $ids: [ID!], $colour: Colour, $n: Int = 7) { echo(whole: $whole, ids: $ids, colour: $colour, n: $n) }';
    await fc.assert(
      fc.asyncProperty(variables, async (given) => expectTheSame(source, given)),
      { numRuns: 400 },
    );
  });

  it('with an input type that contains itself', async () => {
    const source = 'query ($outer: Russian) { dolls(outer: $outer) }';
    await expectTheSame(source, { outer: { size: 2, doll: { size: 1 } } });
    await expectTheSame(source, { outer: { size: 2, doll: { size: 'small' } } });
  });

  it('with literals that a compiler might run as code', async () => {
    const literal = JSON.stringify('`+(globalThis.intruder = 1)+`\');"globalThis.intruder= 1');
    await expectTheSame(`{ echo(whole: { id: ${literal} }) }`);
    await expectTheSame(`{ echo(ids: [${literal}]) }`);
    await expectTheSame(`query ($ids: [ID!] = [${literal}]) { echo(ids: $ids) }`);
    await expectTheSame('query ($ids: [ID!]) { echo(ids: $ids) }', { ids: [JSON.parse(literal)] });
    await expectTheSame('{ __proto__: leaf { id } constructor: leaf { __proto__: id } }');
    expect(globalThis).not.toHaveProperty('intruder');
  });
});
