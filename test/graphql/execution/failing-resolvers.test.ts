import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  responsePathAsArray,
  validate,
} from 'graphql';
import { createExecutor } from '../../../src/graphql/execution/executor';
import { RandomDocuments, randomNumbers } from '../random-documents';

const SDL = `
  enum Colour { RED GREEN }
  interface Named { name: String, strict: String!, friend: Named, colour: Colour }
  type Cat implements Named { name: String, strict: String!, friend: Named, colour: Colour, lives: Int!, kittens: [Cat!]!, plain: String }
  type Dog implements Named { name: String, strict: String!, friend: Named, colour: Colour, tricks: [String!], pups: [Dog!], rows: [[Int!]!], plain: String }
  union Pet = Cat | Dog
  type Query { cat: Cat, dog: Dog!, pets(first: Int = 2): [Pet!], named: [Named]!, number(by: Int, colour: Colour = RED): Int, strict: Cat! }
  type Mutation { cat: Cat, strict(by: Int): Dog!, number: Int! }
`;

/**
 * When fields answer. graphql-js leaves a promise behind when an item of a list fails at once and may not be
 * null, which ends the process when that promise fails, too: so where both are mixed, all items may be null.
 */
type Pace = 'at once' | 'later' | 'mixed';

interface Luck {
  readonly pace: Pace;
  readonly random: () => number;
  readonly place: string;
}

/** What a field answers, the same for the same seed and place. */
function resolverFor(type: GraphQLOutputType): GraphQLFieldResolver<unknown, { seed: number; pace: Pace }> {
  return (_source, args, { seed, pace }, info) => {
    const place = JSON.stringify([responsePathAsArray(info.path), args]);
    const hash = [...place].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed);
    return answer(type, { pace, random: randomNumbers(hash), place });
  };
}

/** By luck a value, a promise, null, or an error. */
function answer(type: GraphQLOutputType, luck: Luck): unknown {
  const { pace, random, place } = luck;
  const kind = random();
  const failure = new Error(`failed at ${place}`);
  const result = () => {
    if (kind < 0.04) throw failure;
    if (kind < 0.08) return failure;
    if (kind < 0.14) return null;
    return value(type, luck);
  };
  return pace === 'later' || (pace === 'mixed' && random() < 0.4) ? later(random, result) : result();
}

/** After some turns of the queue of microtasks. */
async function later(random: () => number, result: () => unknown): Promise<unknown> {
  for (let turns = Math.floor(random() * 4); turns > 0; turns--) await null;
  return result();
}

function value(type: GraphQLOutputType, luck: Luck): unknown {
  const { random } = luck;
  if (isNonNullType(type)) return value(type.ofType, luck);
  if (isListType(type)) {
    if (random() < 0.03) return 'no list';
    const items = Array.from({ length: Math.floor(random() * 4) }, () => {
      try {
        return answer(type.ofType, luck);
      } catch (error) {
        return error;
      }
    });
    return random() < 0.2 ? new Set(items) : items;
  }
  if (isAbstractType(type))
    return {
      __typename: ['Cat', 'Dog', 'Cat', 'Dog', 'Gone', 'Query'][Math.floor(random() * 6)],
      plain: 'x',
    };
  if (isEnumType(type)) return random() < 0.1 ? 'BLUE' : 'RED';
  if (!isObjectType(type)) return type.name === 'Int' ? (random() < 0.1 ? 'x' : 7) : 'text';
  return { kind: type.name, plain: random() < 0.3 ? async () => 'a method' : 'x' };
}

function luckySchema(sdl: string): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name !== 'plain') field.resolve = resolverFor(field.type);
    }
    if (type.name === 'Dog') type.isTypeOf = async (dog) => (dog as { kind?: string }).kind !== 'Cat';
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = async (named) => named.__typename;
  }
  return schema;
}

function seen({ data, errors = [] }: ExecutionResult): unknown {
  return { data, errors: errors.map(({ message, path, locations }) => ({ message, path, locations })) };
}

it.each([
  ['at once', SDL],
  ['later', SDL],
  ['mixed', SDL.replaceAll('!]', ']')],
] as const)(
  'answers as graphql-js does to 600 random documents with resolvers that fail %s',
  async (pace, sdl) => {
    const schema = luckySchema(sdl);
    const run = createExecutor(schema);
    const documents = new RandomDocuments(schema, 3);
    const counts = { runs: 0, errors: 0, nothing: 0 };
    for (let n = 0; n < 600; n++) {
      const source = documents.next({ size: 4 + (n % 20) });
      const document = parse(source);
      if (validate(schema, document).length > 0) continue;
      for (const condition of [{ yes: true }, { yes: false }, {}]) {
        const variableValues = { ...condition, v0: 1, v1: 'GREEN' };
        const contextValue = { seed: n, pace };
        const expected = await execute({ schema, document, variableValues, contextValue });
        const actual = await run({ document, variables: variableValues, context: contextValue });
        expect(JSON.parse(JSON.stringify([source, seen(actual)]))).toEqual(
          JSON.parse(JSON.stringify([source, seen(expected)])),
        );
        counts.runs += 1;
        counts.errors += expected.errors?.length ?? 0;
        if (expected.data === null) counts.nothing += 1;
      }
    }
    expect(counts.runs).toBeGreaterThan(600);
    expect(counts.errors).toBeGreaterThan(1_000);
    expect(counts.nothing).toBeGreaterThan(20);
  },
);
