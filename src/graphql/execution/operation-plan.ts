import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  isLeafType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields';
import { shapeOf, type ValueShape } from './value-shape';

type Values = { [variable: string]: unknown };

/** What an operation selects of an object of one type. */
export interface Selection {
  /** In the order of the answer. */
  readonly fields: readonly FieldPlan[];
  /** Whether plain objects can hold the answer: a field called `__proto__` would set their prototype. */
  readonly isPlain: boolean;
}

/** One field of an answer: everything about it that is the same in each run. */
export interface FieldPlan {
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly shape: ValueShape;
  /** Its object describes the schema. */
  readonly isIntrospection: boolean;
  /** undefined: a property of the object. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  readonly args: (variables: Values) => Record<string, unknown>;
  /** Of an object that the field answers, by its type. */
  readonly selections: Map<GraphQLObjectType, Selection>;
}

/**
 * How an operation is run, planned as far as runs have come: fragments are expanded, fields merged,
 * definitions and arguments looked up once. All runs for which `@skip` and `@include` say the same
 * have the same plan.
 */
export class OperationPlan {
  #root: Selection | undefined;

  constructor(
    readonly schema: GraphQLSchema,
    readonly operation: OperationDefinitionNode,
    readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  ) {}

  root(type: GraphQLObjectType, variables: Values): Selection {
    const { schema, fragments, operation } = this;
    this.#root ??= this.#plan(
      type,
      collectFields(schema, fragments, variables, type, operation.selectionSet),
    );
    return this.#root;
  }

  /** @throws GraphQLError when a condition has no value, as graphql-js does. */
  below(field: FieldPlan, type: GraphQLObjectType, variables: Values): Selection {
    let selection = field.selections.get(type);
    if (selection === undefined) {
      const { schema, fragments } = this;
      selection = this.#plan(type, collectSubfields(schema, fragments, variables, type, field.nodes));
      field.selections.set(type, selection);
    }
    return selection;
  }

  #plan(parentType: GraphQLObjectType, fields: Map<string, readonly FieldNode[]>): Selection {
    const plans = [...fields].flatMap(([responseName, nodes]): FieldPlan | [] => {
      const [node] = nodes;
      const definition = node && this.#definition(parentType, node.name.value);
      if (!definition) return []; // only in documents that are not valid
      const { type, resolve } = definition;
      return {
        responseName,
        nodes,
        parentType,
        definition,
        shape: shapeOf(type),
        resolve,
        args: argumentsOf(definition, node),
        selections: new Map(),
        isIntrospection: parentType.name.startsWith('__'),
      };
    });
    return { fields: plans, isPlain: !fields.has('__proto__') };
  }

  #definition(parentType: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parentType === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return parentType.getFields()[name];
  }
}

/** Arguments that are the same each time are read once. Each resolver gets an object of its own all the same. */
function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['args'] {
  if (definition.args.length === 0) return () => ({});
  const values = (node.arguments ?? []).map(({ value }) => value);
  const isConstant = values.every(isScalar) && definition.args.every(({ type }) => isScalarInput(type));
  let constant: Record<string, unknown> | undefined;
  return (variables) => {
    if (!isConstant) return getArgumentValues(definition, node, variables);
    constant ??= getArgumentValues(definition, node, variables);
    return { ...constant };
  };
}

function isScalar({ kind }: ValueNode): boolean {
  return kind !== Kind.VARIABLE && kind !== Kind.LIST && kind !== Kind.OBJECT;
}

function isScalarInput(type: GraphQLField<unknown, unknown>['args'][number]['type']): boolean {
  return isLeafType(isNonNullType(type) ? type.ofType : type);
}
