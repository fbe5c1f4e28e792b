import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * Whether a field's selection holds the path of fields, in fragments and under aliases, too. Directives are not looked at:
 * what may be left out counts as selected.
 */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  let sets = fieldNodes.map(({ selectionSet }) => selectionSet);
  for (const name of path) {
    const found = sets
      .flatMap((set) => [...fieldsOf(set, fragments)])
      .filter((field) => field.name.value === name);
    if (found.length === 0) return false;
    sets = found.map(({ selectionSet }) => selectionSet);
  }
  return true;
}

function* fieldsOf(
  set: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
  seen = new Set<string>(),
): Iterable<FieldNode> {
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      yield* fieldsOf(selection.selectionSet, fragments, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value); // spread again, it holds no others
      yield* fieldsOf(fragments[selection.name.value]?.selectionSet, fragments, seen);
    }
  }
}
