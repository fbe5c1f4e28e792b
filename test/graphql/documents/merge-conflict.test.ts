import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, OverlappingFieldsCanBeMergedRule, parse, specifiedRules, validate } from 'graphql';
import { findMergeConflict } from '../../../src/graphql/documents/merge-conflict';
import { packageRoot } from '../../../src/package-root';
import { RandomDocuments } from '../random-documents';

const toy = buildSchema(`
  interface Named { name: String, next(n: Int): Named, same: Leaf, id: ID }
  type Leaf { a: Int, b: Int!, name: String, id: ID! }
  type Cat implements Named { name: String, next(n: Int): Named, same: Leaf, id: ID, lives: Int, other: [Leaf] }
  type Dog implements Named { name: String, next(n: Int): Named, same: Leaf, id: ID, lives: Int!, other: [Leaf!] }
  union Pet = Cat | Dog
  type Query { named: Named, pet: Pet, pets: [Pet!], leaf(n: Int, m: Int): Leaf, id: ID, name: String }
`);
const own = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
const OTHERS = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

describe('fields that cannot be merged', () => {
  it.each([
    ['{ a: id a: name }', 'Fields "a" conflict because "id" and "name" are different fields.'],
    [
      '{ leaf(n: 1) { a } leaf(n: 2) { a } }',
      'Fields "leaf" conflict because they have differing arguments.',
    ],
    ['{ leaf { a } leaf { a: b } }', 'Fields "leaf.a" conflict because "a" and "b" are different fields.'],
    [
      '{ pet { ...f } } fragment f on Pet { ... on Cat { lives } ... on Dog { lives } }',
      'Fields "pet.lives" conflict because they return conflicting types "Int" and "Int!".',
    ],
    ['{ named { ... on Cat { a: name } a: id } }', 'Fields "named.a" conflict because'],
  ])('%s', (source, message) => expect(findMergeConflict(toy, parse(source))?.message).toContain(message));

  it.each([
    '{ leaf(n: 1, m: 2) { a } leaf(m: 2, n: 1) { x: b } }',
    '{ pet { ... on Cat { a: name } ... on Dog { a: id x: __typename } } }'.replace('id', 'name'),
    '{ pet { ... on Cat { same { x: a } } ... on Dog { other: same { x: a } } } }',
    '{ __schema { types { name } } __schema { types { kind } } }',
  ])('none in %s', (source) => expect(findMergeConflict(toy, parse(source))).toBeNull());

  it.each([
    ['a toy', toy, 1],
    ['its own', own, 2],
  ])(
    'are found where graphql-js finds some, in 600 random documents for %s schema',
    (_which, schema, seed) => {
      const documents = new RandomDocuments(schema, seed);
      const counts = { merged: 0, conflicts: 0 };
      for (let n = 0; n < 600; n++) {
        const source = documents.next({ size: 5 + (n % 25), repeat: 0.9, wrong: n % 10 === 0 ? 0.02 : 0 });
        const document = parse(source);
        if (validate(schema, document, OTHERS).length > 0) continue;
        const expected = validate(schema, document, [OverlappingFieldsCanBeMergedRule]).length > 0;
        counts[expected ? 'conflicts' : 'merged'] += 1;
        expect([source, findMergeConflict(schema, document) !== null]).toEqual([source, expected]);
      }
      expect(counts.merged).toBeGreaterThan(60);
      expect(counts.conflicts).toBeGreaterThan(20);
    },
  );

  it('ends where interfaces multiply the work', () => {
    const level = (inner: string) =>
      `{ next { name } ... on Cat { next ${inner} } ... on Dog { next ${inner} } }`;
    let source = '{ name }';
    for (let n = 0; n < 6; n++) source = level(source);
    expect(findMergeConflict(toy, parse(`{ named ${source} }`))).toBeNull();
    // One interface field beside two types' at each level: twice as much to look at each time.
    let names = '{ name }';
    for (let n = 0; n < 40; n++)
      names = `{ next { name } ... on Cat { next { id } } ... on Dog { next { id } } next ${names} }`;
    expect(findMergeConflict(toy, parse(`{ named ${names} }`))?.extensions).toMatchObject({
      code: 'TOO_COMPLEX',
    });
  });
});
