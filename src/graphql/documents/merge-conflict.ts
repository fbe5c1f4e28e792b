import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { tooComplex } from './document-limits';

/** Fields that are looked at before a document counts as too complex: each some times in honest ones. */
const MAX_WORK = 20_000;

/**
 * The first two fields of a document that cannot be merged into one of its answer, as an error; null:
 * there are none. For documents that break no other rule.
 *
 * GraphQL's rule "field selection merging", as graphql-js's OverlappingFieldsCanBeMergedRule has it. That
 * one compares each field with each other: 7,681 bytes of fields that are all alike take it 130 ms. Here
 * all fields of one name are compared with the first of them, and what they select is merged and
 * compared at once. Only interfaces let fields be looked at more than once; what that may cost has a bound.
 */
export function findMergeConflict(schema: GraphQLSchema, document: DocumentNode): GraphQLError | null {
  const search = new ConflictSearch(schema, document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const type = schema.getRootType(definition.operation);
    const conflict = type && search.within([[definition.selectionSet, type]], '', true);
    if (conflict) return conflict;
  }
  return null;
}

interface Selected {
  readonly node: FieldNode;
  readonly parent: GraphQLCompositeType;
  readonly type: GraphQLOutputType;
}

type Scope = readonly (readonly [SelectionSetNode, GraphQLCompositeType])[];

class ConflictSearch {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #arguments = new Map<FieldNode, string>();
  #work = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
  ) {
    for (const definition of definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    }
  }

  /**
   * @param path where in the answer; ends with a dot.
   * @param areSame fields of one name must be one field, too; not only of one shape, as for objects of different types.
   */
  within(scope: Scope, path: string, areSame: boolean): GraphQLError | null {
    for (const [name, fields] of this.#expand(scope)) {
      const place = path + name;
      if (this.#work > MAX_WORK) return tooComplex('number of fields to merge', this.#work, MAX_WORK);
      const groups = areSame ? byParent(fields) : [fields];
      const scopes = groups.map((group) => [below(group), areSame] as const);
      if (groups.length > 1) scopes.push([below(fields), false]);
      const found =
        (areSame ? this.#differing(groups, place) : null) ??
        differingShape(fields, place) ??
        scopes.reduce<GraphQLError | null>(
          (before, [inner, same]) => before ?? this.within(inner, `${place}.`, same),
          null,
        );
      if (found) return found;
    }
    return null;
  }

  /** Fields by the name that they have in the answer. */
  #expand(scope: Scope): Map<string, Selected[]> {
    const fields = new Map<string, Selected[]>();
    const spread = new Set<string>();
    const add = ({ selections }: SelectionSetNode, parent: GraphQLCompositeType): void => {
      for (const selection of selections) {
        this.#work++;
        if (selection.kind === Kind.FIELD) {
          const type = this.#typeOf(selection, parent);
          const name = (selection.alias ?? selection.name).value;
          if (!type) continue;
          const sameName = fields.get(name);
          if (sameName) sameName.push({ node: selection, parent, type });
          else fields.set(name, [{ node: selection, parent, type }]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          add(selection.selectionSet, this.#named(selection.typeCondition?.name.value) ?? parent);
        } else {
          const name = selection.name.value;
          const fragment = this.#fragments.get(name);
          const type = this.#named(fragment?.typeCondition.name.value);
          if (!fragment || !type || spread.has(name)) continue;
          spread.add(name);
          add(fragment.selectionSet, type);
        }
      }
    };
    for (const [set, parent] of scope) add(set, parent);
    return fields;
  }

  #differing(groups: readonly (readonly Selected[])[], place: string): GraphQLError | null {
    for (const [first, ...others] of groups) {
      if (!first) continue;
      for (const other of others) {
        const [a, b] = [first.node, other.node];
        if (a.name.value !== b.name.value) {
          return conflict(
            place,
            first,
            other,
            `"${a.name.value}" and "${b.name.value}" are different fields`,
          );
        }
        if (this.#argumentsOf(a) !== this.#argumentsOf(b)) {
          return conflict(place, first, other, 'they have differing arguments');
        }
      }
    }
    return null;
  }

  /** As text that is the same for arguments in any order. */
  #argumentsOf(node: FieldNode): string {
    let text = this.#arguments.get(node);
    if (text === undefined) {
      text = textOf(node.arguments ?? []);
      this.#arguments.set(node, text);
    }
    return text;
  }

  #typeOf({ name: { value } }: FieldNode, parent: GraphQLCompositeType): GraphQLOutputType | undefined {
    const meta = META_FIELDS.find(({ name }) => name === value);
    if (meta) return meta.type;
    return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[value]?.type : undefined;
  }

  #named(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

const META_FIELDS = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef];

/** Fields that may meet in one object: those of each object type, with those of all interfaces. */
function byParent(fields: readonly Selected[]): readonly (readonly Selected[])[] {
  const objects = new Set(fields.map(({ parent }) => parent).filter(isObjectType));
  if (objects.size <= 1) return [fields];
  return [...objects].map((type) => fields.filter(({ parent }) => parent === type || !isObjectType(parent)));
}

function below(fields: readonly Selected[]): Scope {
  return fields.flatMap(({ node, type }) => {
    const named = getNamedType(type);
    return node.selectionSet && isCompositeType(named) ? [[node.selectionSet, named] as const] : [];
  });
}

function differingShape([first, ...others]: readonly Selected[], place: string): GraphQLError | null {
  const other = first && others.find(({ type }) => differInShape(first.type, type));
  if (!first || !other) return null;
  return conflict(place, first, other, `they return conflicting types "${first.type}" and "${other.type}"`);
}

function differInShape(a: GraphQLOutputType, b: GraphQLOutputType): boolean {
  if (a === b) return false;
  if (isNonNullType(a) || isNonNullType(b)) {
    return !(isNonNullType(a) && isNonNullType(b)) || differInShape(a.ofType, b.ofType);
  }
  if (isListType(a) || isListType(b)) {
    return !(isListType(a) && isListType(b)) || differInShape(a.ofType, b.ofType);
  }
  return isLeafType(a) || isLeafType(b);
}

function textOf(
  named: readonly { readonly name: { readonly value: string }; readonly value: ValueNode }[],
): string {
  return named
    .map(({ name, value }) => `${name.value}:${valueText(value)}`)
    .sort()
    .join();
}

function valueText(value: ValueNode): string {
  if (value.kind === Kind.OBJECT) return `{${textOf(value.fields)}}`;
  if (value.kind === Kind.LIST) return `[${value.values.map(valueText).join()}]`;
  return print(value);
}

function conflict(place: string, a: Selected, b: Selected, reason: string): GraphQLError {
  return new GraphQLError(
    `Fields "${place}" conflict because ${reason}. Use different aliases on the fields to fetch both if this was intentional.`,
    { nodes: [a.node, b.node] },
  );
}
