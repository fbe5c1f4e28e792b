import { buildSchema, type GraphQLResolveInfo, graphqlSync } from 'graphql';
import { selects } from '../../src/resolvers/selects';

const schema = buildSchema(`
  type Query { page: Page }
  type Page { edges: [Edge] }
  type Edge { node: City }
  type City { name: String, rooms: [String] }
`);

function isSelected(source: string): boolean {
  let selected: boolean | undefined;
  const page = (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    selected = selects(info, 'edges', 'node', 'rooms');
  };
  const { errors } = graphqlSync({ schema, source, rootValue: { page } });
  expect(errors).toBeUndefined();
  return selected as boolean;
}

describe('selects', () => {
  it.each([
    '{ page { edges { node { name } } } }',
    '{ page { __typename } }',
    '{ page { edges { __typename } } other: __typename }',
    '{ page { ...P } } fragment P on Page { edges { ...E } } fragment E on Edge { node { name } }',
  ])('finds nothing in %s', (source) => {
    expect(isSelected(source)).toBe(false);
  });

  it.each([
    '{ page { edges { node { rooms } } } }',
    '{ a: page { b: edges { c: node { d: rooms } } } }',
    '{ page { edges { node { name } } edges { node { rooms } } } }',
    '{ page { ... on Page { edges { ... { node { rooms @include(if: true) } } } } } }',
    '{ page { ...P ...P } } fragment P on Page { edges { ...E } } fragment E on Edge { node { ...C } } fragment C on City { rooms }',
  ])('finds the path in %s', (source) => {
    expect(isSelected(source)).toBe(true);
  });
});
