import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** How much a part of a document asks for. */
export interface Sizes {
  /** Fields, and spread or inline fragments, each as often as it is used. */
  readonly selections: number;
  /** Fields inside one another. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields of the outermost selection. */
  readonly rootFields: number;
  /** Fields and list items that may have to be answered: what stands under a list counts for each item. */
  readonly cost: number;
}

/** The largest page there is: resolvers refuse larger ones. Pages of unknown size count as much. */
const LARGEST_PAGE = 100;

/** What a list has that nobody can ask a size of: segments, affinities, rooms, interests. */
const USUAL_LIST = 10;

/**
 * What `__schema` and `__type` cost, beside the fields that are selected. How much their lists hold is
 * counted while they are answered, and has a limit of its own: INTROSPECTION_LENGTH.
 */
const INTROSPECTION = 1_000;

/** Relay's name for a page's list, which the connection's `first` has counted already. */
const EDGES = 'edges';

export const NOTHING: Sizes = { selections: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0, cost: 0 };

/**
 * Measures selections, valid or not: every fragment but once, whatever number of times it is spread,
 * so that it takes no longer than reading the document.
 */
export class DocumentMeasure {
  private readonly definitions = new Map<string, FragmentDefinitionNode>();
  private readonly fragments = new Map<string, Sizes>();
  private multiplied = false;

  /** @param variables unknown while a document is checked: lists in them count as one item then. */
  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables?: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.definitions.set(definition.name.value, definition);
    }
  }

  /** Whether a list in a variable multiplies some of what was measured. */
  get dependsOnVariables(): boolean {
    return this.multiplied;
  }

  /** @param parent undefined: of a type that there isn't. */
  selections({ selections }: SelectionSetNode, parent: GraphQLCompositeType | undefined): Sizes {
    return selections
      .map((selection): Sizes => {
        const directives = selection.directives?.length ?? 0;
        const found = this.selection(selection, parent);
        return {
          ...found,
          selections: 1 + found.selections,
          directives: found.directives + directives,
        };
      })
      .reduce(beside, NOTHING);
  }

  private selection(
    selection: SelectionSetNode['selections'][number],
    parent: GraphQLCompositeType | undefined,
  ): Sizes {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.field(selection, parent);
      case Kind.INLINE_FRAGMENT:
        return this.selections(
          selection.selectionSet,
          this.typeNamed(selection.typeCondition?.name.value) ?? parent,
        );
      case Kind.FRAGMENT_SPREAD:
        return this.fragment(selection.name.value);
    }
  }

  private fragment(name: string): Sizes {
    const known = this.fragments.get(name);
    if (known) return known;
    const fragment = this.definitions.get(name);
    if (!fragment) return NOTHING;
    this.fragments.set(name, NOTHING); // a fragment inside itself, which no valid document has, ends here
    const sizes = this.selections(fragment.selectionSet, this.typeNamed(fragment.typeCondition.name.value));
    this.fragments.set(name, sizes);
    return sizes;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType | undefined): Sizes {
    const field = this.definition(node.name.value, parent);
    const type = field && getNamedType(field.type);
    const inside = node.selectionSet
      ? this.selections(node.selectionSet, isCompositeType(type) ? type : undefined)
      : NOTHING;
    return {
      selections: inside.selections,
      depth: 1 + inside.depth,
      aliases: (node.alias ? 1 : 0) + inside.aliases,
      directives: inside.directives,
      rootFields: 1,
      cost: 1 + (field ? this.costInside(node, field, inside.cost) : inside.cost),
    };
  }

  private definition(
    name: string,
    parent: GraphQLCompositeType | undefined,
  ): GraphQLField<unknown, unknown> | undefined {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  }

  /** Pages cost what is selected of them, once for each item; lists, the items themselves too. */
  private costInside(node: FieldNode, field: GraphQLField<unknown, unknown>, cost: number): number {
    if (field === SchemaMetaFieldDef || field === TypeMetaFieldDef) return INTROSPECTION + cost;
    if (isIntrospectionType(getNamedType(field.type))) return cost;
    const page = this.pageSize(node, field);
    const lists = listDepth(field.type);
    if (lists === 0 || field.name === EDGES) return (page ?? 1) * cost;
    const items = page ?? this.inputItems(node, field) ?? USUAL_LIST ** lists;
    return items * (1 + cost);
  }

  /** undefined: the field has no `first`. */
  private pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const argument = field.args.find(({ name }) => name === 'first');
    if (argument === undefined) return undefined;
    const given = argumentOf(node, 'first');
    const size = given === undefined ? argument.defaultValue : valueFromASTUntyped(given, this.variables);
    return typeof size === 'number' ? Math.min(Math.max(1, size), LARGEST_PAGE) : LARGEST_PAGE;
  }

  /** How many items a list answers that has one for each item of its arguments; undefined: it has no such. */
  private inputItems(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const lengths = field.args
      .filter(({ type }) => listDepth(type) > 0)
      .map(({ name }) => this.length(argumentOf(node, name)));
    return lengths.length === 0 ? undefined : lengths.reduce((product, length) => product * length, 1);
  }

  private length(value: ValueNode | undefined): number {
    if (value?.kind === Kind.LIST) return Math.max(1, value.values.length);
    if (value?.kind !== Kind.VARIABLE) return 1;
    this.multiplied = true;
    const list = this.variables?.[value.name.value];
    return Array.isArray(list) ? Math.max(1, list.length) : 1;
  }

  private typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

/** Of two operations. */
export function largest(a: Sizes, b: Sizes): Sizes {
  return {
    selections: a.selections + b.selections,
    depth: Math.max(a.depth, b.depth),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    rootFields: Math.max(a.rootFields, b.rootFields),
    cost: Math.max(a.cost, b.cost),
  };
}

function beside(a: Sizes, b: Sizes): Sizes {
  return {
    selections: a.selections + b.selections,
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    rootFields: a.rootFields + b.rootFields,
    cost: a.cost + b.cost,
  };
}

function argumentOf(node: FieldNode, argument: string): ValueNode | undefined {
  return node.arguments?.find(({ name }) => name.value === argument)?.value;
}

/** How many lists are inside one another. */
function listDepth(type: GraphQLType): number {
  if (isNonNullType(type)) return listDepth(type.ofType);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}
