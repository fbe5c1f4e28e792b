import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/**
 * The variables on which a subscription's payload depends: all but those that stand only in the root
 * field's own arguments. Those choose the source (city, `after`) and are done with once it is open.
 *
 * @param operation one of the document's, which must have passed validation.
 */
export function payloadVariables(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const names = new Set<string>();

  const collect = (node: ASTNode | undefined): void => {
    if (!node) return;
    visit(node, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread: ({ name }) => collect(fragments.get(name.value)),
    });
  };

  const collectBelowRoot = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const directive of selection.directives ?? []) collect(directive);
      if (selection.kind === Kind.FIELD) collect(selection.selectionSet);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collectBelowRoot(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment) collectBelowRoot(fragment.selectionSet);
      }
    }
  };

  collectBelowRoot(operation.selectionSet);
  return [...names].sort();
}
