import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
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
  /** Fields that may have to be answered: those under a list count once for each item asked for. */
  readonly cost: number;
}

/** What a page has when its size comes in a variable, which no rule can see: the largest page there is. */
const LARGEST_PAGE = 100;

const NOTHING: Sizes = { depth: 0, aliases: 0, directives: 0, rootFields: 0, cost: 0 };

/** Measures selections; every fragment but once, whatever number of times it is spread. */
export class DocumentMeasure {
  private readonly fragments = new Map<string, Sizes>();

  constructor(private readonly context: ValidationContext) {}

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
    const type = field && getNamedType(field.type);
    // Introspection has no field here: graphql-js limits its depth, and its size is the schema's.
    if (!field || !node.selectionSet || !isCompositeType(type)) return own;
    const inside = this.selections(node.selectionSet, type);
    return {
      depth: 1 + inside.depth,
      aliases: aliases + inside.aliases,
      directives: inside.directives,
      rootFields: 1,
      cost: 1 + items(node, field) * inside.cost,
    };
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

/** How many items a field asks for: the product of its page size and of the lists in its arguments. */
function items(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  return field.args
    .map((argument) => {
      const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
      if (argument.name === 'first') {
        if (given?.kind === Kind.VARIABLE) return LARGEST_PAGE;
        const size = given === undefined ? argument.defaultValue : valueFromASTUntyped(given);
        return typeof size === 'number' && size > 0 ? size : 1;
      }
      return given?.kind === Kind.LIST ? Math.max(1, given.values.length) : 1;
    })
    .reduce((product, factor) => product * factor, 1);
}
