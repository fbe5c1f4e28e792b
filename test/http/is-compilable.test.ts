import { buildSchema, parse, validate } from 'graphql';
import { isCompilable } from '../../src/http/is-compilable';

const schema = buildSchema(`
  enum Colour { RED }
  interface Named { name: String }
  type Cat implements Named { name: String }
  union Pet = Cat
  input Point { x: Float, y: Float }
  input Line { points: [Point!]! }
  input Russian { doll: [Russian] }
  input Box { content: Russian }
  type Query { cat(name: String, n: Int, colour: Colour, at: Point): Cat, named: Named, pet: Pet, line(line: Line, box: Box): Int }
`);

describe('isCompilable', () => {
  it.each([
    '{ cat(n: 1, colour: RED, at: { x: 1.5 }) { name __typename } }',
    'query ($name: String, $line: Line) { cat(name: $name) { ...f } line(line: $line) } fragment f on Cat { name }',
    'query ($n: Int = 3) { a: cat(n: $n) { ... on Cat { name } } }',
    '{ __schema { types { name } } }',
  ])('takes %s', (source) => {
    expect(validate(schema, parse(source))).toEqual([]);
    expect(isCompilable(schema, parse(source))).toBe(true);
  });

  it.each([
    ['a string', '{ cat(name: "Tom") { name } }'],
    ['a block string', '{ cat(name: """Tom""") { name } }'],
    ['a default string', 'query ($name: String = "Tom") { cat(name: $name) { name } }'],
    ['a condition', '{ cat { name @skip(if: true) } }'],
    ['a condition on a fragment', '{ ... @include(if: true) { cat { name } } }'],
    ['an interface', '{ named { name } }'],
    ['a union', '{ pet { __typename } }'],
    ['a union in a fragment', '{ ...f } fragment f on Query { pet { ... on Cat { name } } }'],
    ['an input type that contains itself', 'query ($box: Box) { line(box: $box) }'],
    ['a prototype', '{ __proto__: cat { name } }'],
  ])('leaves %s to graphql-js', (_what, source) => {
    expect(validate(schema, parse(source))).toEqual([]);
    expect(isCompilable(schema, parse(source))).toBe(false);
  });
});
