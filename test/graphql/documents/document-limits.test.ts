import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import {
  type DocumentLimits,
  limitDocument,
  measureDocument,
} from '../../../src/graphql/documents/document-limits';

const schema = buildSchema(`
  interface Named { name: String }
  type City implements Named { name: String, rooms(first: Int = 50): [Room!]!, country: Country }
  type Country { cities(first: Int): [City!]!, regions: [City!]!, codes: [Int!]!, matrix: [[Float!]!]! }
  type People { edges: [Edge!]! }
  type Edge { node: City }
  type Room { id: ID, city: City, segments: [Segment!]! }
  type Segment { number: Int, room: Room }
  type Result { id: ID, city: City }
  type Query { hello: String, city: City, named: Named, cities(first: Int = 50): [City!]!, people(first: Int = 50): People, score(inputs: [Int!]): City }
  type Mutation { assign(inputs: [Int!]!): [Result!]! }
`);

function found(name: keyof DocumentLimits, source: string): number {
  return measureDocument(schema, parse(source))[name];
}

describe('limits on documents', () => {
  it.each([
    ['{ hello }', 1],
    ['{ city { country { cities { name } } } hello }', 4],
    ['{ ...a } fragment a on Query { city { ...b } } fragment b on City { ... on City { name } }', 2],
    ['{ __schema { types { fields { type { ofType { name } } } } } }', 6],
  ])('the depth of %s is %i', (source, depth) => expect(found('depth', source)).toBe(depth));

  it.each([
    ['{ hello }', 0],
    ['{ a: hello city { b: name } }', 2],
    ['{ city { ...f } other: city { ...f ...f } } fragment f on City { x: name }', 4],
  ])('%s has as many aliases: %i', (source, aliases) => expect(found('aliases', source)).toBe(aliases));

  it('directives count wherever they stand', () => {
    const source =
      '{ hello @skip(if: true) ... @include(if: true) { city @skip(if: true) @include(if: true) { name } } }';
    expect(found('directives', source)).toBe(4);
  });

  it('root fields count inside fragments too', () => {
    expect(
      found(
        'rootFields',
        '{ hello ...f ... { hello } } fragment f on Query { hello city { name country { cities { name } } } }',
      ),
    ).toBe(4);
  });

  it.each([
    ['fields alone', '{ hello city { name } }', 3],
    ['the page asked for', '{ cities(first: 10) { name } }', 1 + 10 * 2],
    ['the page there is by default', '{ cities { name } }', 1 + 50 * 2],
    ['pages inside pages', '{ cities(first: 10) { rooms(first: 5) { id } } }', 1 + 10 * (1 + 1 + 5 * 2)],
    ['a list without a size as ten', '{ city { country { regions { name } } } }', 1 + 1 + 1 + 10 * 2],
    ['lists of numbers', '{ city { country { codes matrix } } }', 1 + 1 + 1 + 10 + 1 + 100],
    ['a page of unknown size, at its largest', 'query ($n: Int) { cities(first: $n) { name } }', 1 + 100 * 2],
    ['a page that is refused later, at its largest', '{ cities(first: 20000) { name } }', 1 + 100 * 2],
    ['a page of no sense', '{ cities(first: -5) { name } }', 1 + 2],
    [
      'the edges of a connection once',
      '{ people(first: 10) { edges { node { name } } } }',
      1 + 10 * (1 + 1 + 1),
    ],
    [
      'as many answers as inputs',
      'mutation { assign(inputs: [1, 2]) { id city { name } } }',
      1 + 2 * (1 + 3),
    ],
    ['inputs that change no number of answers once', '{ score(inputs: [1, 2, 3]) { name } }', 2],
    ['a fragment, each time', '{ cities(first: 2) { ...f ...f } } fragment f on City { name }', 1 + 2 * 3],
    ['introspection', '{ __schema { types { name } } __type(name: "City") { name } }', 1001 + 2 + 1001 + 1],
    ['an interface', '{ named { name ... on City { rooms(first: 2) { id } } } }', 1 + 1 + 1 + 2 * 2],
  ])('cost counts %s', (_what, source, cost) => expect(found('cost', source)).toBe(cost));

  it('says limit and value, and takes a document at the limit', () => {
    const source = `{ ${Array.from({ length: 30 }, (_, i) => `a${i % 20}: hello`).join(' ')} }`;
    const sizes = measureDocument(schema, parse(source));
    expect(limitDocument(sizes, { ...sizes, aliases: 30 })).toEqual([]);
    const [error] = limitDocument(sizes, { ...sizes, aliases: 29 });
    expect(error?.message).toBe(
      "The document's number of aliases is 30, past the limit of 29: ask for less at once",
    );
    expect(error?.extensions).toEqual({ code: 'TOO_COMPLEX', limit: 29, found: 30 });
  });

  it('ends on fragments in a circle and on bombs of them', () => {
    expect(
      found('cost', '{ ...a } fragment a on Query { ...b hello } fragment b on Query { ...a hello }'),
    ).toBe(2);
    const fragments = Array.from(
      { length: 60 },
      (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
    );
    expect(found('cost', `{ ...f0 } ${fragments.join('\n')} fragment f60 on Query { hello }`)).toBe(2 ** 60);
  });

  it('counts what is not valid, too', () => {
    const source = '{ nope { x } city { nope } ...gone ... on Gone { x } } subscription { x }';
    expect(measureDocument(schema, parse(source))).toMatchObject({
      selections: 8,
      depth: 2,
      rootFields: 3,
      cost: 5,
    });
    const bomb = Array.from({ length: 60 }, (_, i) => `fragment f${i} on Gone { ...f${i + 1} ...f${i + 1} }`);
    const circle = 'fragment f60 on Gone { x ...f0 }';
    expect(found('selections', `{ nope { ...f0 } } ${bomb.join(' ')} ${circle}`)).toBeGreaterThan(2 ** 60);
  });

  it('counts the selections of all operations together', () => {
    expect(found('selections', 'query A { hello ...f } query B { ...f } fragment f on Query { hello }')).toBe(
      5,
    );
    expect(found('cost', 'query A { hello ...f } query B { ...f } fragment f on Query { hello }')).toBe(2);
  });

  it('lets tools read the schema', () => {
    const source = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true });
    expect(limitDocument(measureDocument(schema, parse(source)))).toEqual([]);
  });
});
