import {
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';

/**
 * A type as runs ask about it. graphql-js's own questions (`isNonNullType` and the like) look at names
 * and prototypes each time, which cost a third of a run.
 */
export type ValueShape = { readonly isNonNull: boolean } & (
  | { readonly kind: 'LEAF'; readonly type: GraphQLLeafType }
  | { readonly kind: 'LIST'; readonly item: ValueShape }
  | { readonly kind: 'ABSTRACT'; readonly type: GraphQLAbstractType }
  | { readonly kind: 'OBJECT'; readonly type: GraphQLObjectType }
);

const shapes = new WeakMap<GraphQLOutputType, ValueShape>();

export function shapeOf(type: GraphQLOutputType): ValueShape {
  let shape = shapes.get(type);
  if (shape === undefined) {
    shape = make(type);
    shapes.set(type, shape);
  }
  return shape;
}

function make(type: GraphQLOutputType): ValueShape {
  if (isNonNullType(type)) return { ...shapeOf(type.ofType), isNonNull: true };
  const isNonNull = false;
  if (isListType(type)) return { kind: 'LIST', item: shapeOf(type.ofType), isNonNull };
  if (isLeafType(type)) return { kind: 'LEAF', type, isNonNull };
  if (isAbstractType(type)) return { kind: 'ABSTRACT', type, isNonNull };
  return { kind: 'OBJECT', type, isNonNull };
}
