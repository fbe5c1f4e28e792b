import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** How much a part of a document asks for. */
export interface Sizes {
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

/** Relay's name for a page's list, which the connection's `first` has counted already. */
const EDGES = 'edges';

const NOTHING: Sizes = { depth: 0, aliases: 0, directives: 0, rootFields: 0, cost: 0 };

/** Measures selections; every fragment but once, whatever number of times it is spread. */
export class DocumentMeasure {
  private readonly fragments = new Map<string, Sizes>();
  private multiplied = false;

  /** @param variables unknown while a document is validated: lists in them count as one item then. */
  constructor(
    private readonly context: ValidationContext,
    private readonly variables?: Readonly<Record<string, unknown>>,
  ) {}

  /** Whether a list in a variable multiplies some of what was measured. */
  get dependsOnVariables(): boolean {
    return this.multiplied;
  }

  selections(set: SelectionSetNode, parent: GraphQLCompositeType): Sizes {
    return set.selections
      .map((selection): Sizes => {
        const directives = selection.directives?.length ?? 0;
        const found = this.selection(selection, parent);
        return { ...found, directives: found.directives + directives };
      })
      .reduce(beside, NOTHING);
  }

  private selection(selection: SelectionSetNode['selections'][number], parent: GraphQLCompositeType): Sizes {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.field(selection, parent);
      case Kind.INLINE_FRAGMENT:
        return this.selections(
          selection.selectionSet,
          this.typeNamed(selection.typeCondition?.name.value) ?? parent,
        );
      case Kind.FRAGMENT_SPREAD:
        return this.fragment(this.context.getFragment(selection.name.value));
    }
  }

  private fragment(fragment: FragmentDefinitionNode | null | undefined): Sizes {
    const type = this.typeNamed(fragment?.typeCondition.name.value);
    if (!fragment || !type) return NOTHING; // other rules tell
    const name = fragment.name.value;
    let measure = this.fragments.get(name);
    if (measure === undefined) {
      this.fragments.set(name, NOTHING); // a fragment inside itself, which another rule tells, ends here
      measure = this.selections(fragment.selectionSet, type);
      this.fragments.set(name, measure);
    }
    return measure;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType): Sizes {
    const aliases = node.alias ? 1 : 0;
    const own: Sizes = { depth: 1, aliases, directives: 0, rootFields: 1, cost: 1 };
    const name = node.name.value;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    // Introspection has no field here: graphql-js limits its depth, and its size is the schema's.
    if (!field) return own;
    const type = getNamedType(field.type);
    const inside =
      node.selectionSet && isCompositeType(type) ? this.selections(node.selectionSet, type) : NOTHING;
    return {
      depth: 1 + inside.depth,
      aliases: aliases + inside.aliases,
      directives: inside.directives,
      rootFields: 1,
      cost: 1 + this.costInside(node, field, inside.cost),
    };
  }

  /** Pages cost what is selected of them, once for each item; lists, the items themselves too. */
  private costInside(node: FieldNode, field: GraphQLField<unknown, unknown>, cost: number): number {
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
    const type = name === undefined ? undefined : this.context.getSchema().getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function beside(a: Sizes, b: Sizes): Sizes {
  return {
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
