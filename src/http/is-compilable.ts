import {
  BREAK,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Whether graphql-jit (0.8.9) may compile a document. These must be walked instead:
 * - string literals: the compiler writes them into the code it generates, and takes some of them for
 *   more than text, so that a client could run code of its own;
 * - the name `__proto__`, which sets a prototype there instead of a property;
 * - `@skip` and `@include`: fields get lost where a fragment is spread twice under different conditions;
 * - selections on an interface or union: a type resolver that throws leaves the request unanswered;
 * - variables of an input type that contains itself: the compiler follows it for seconds, until the
 *   stack ends.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let compilable = true;
  const refuse = () => {
    compilable = false;
    return BREAK;
  };
  const visitor = visitWithTypeInfo(types, {
    StringValue: refuse,
    Directive: refuse,
    Name: ({ value }) => (value === '__proto__' ? refuse() : undefined),
    SelectionSet: () => (isAbstractType(types.getParentType()) ? refuse() : undefined),
    VariableDefinition: () => (containsItself(types.getInputType()) ? refuse() : undefined),
  });
  visit(document, visitor);
  return compilable;
}

/** Whether an input type, or one inside it, contains itself. */
function containsItself(
  input: GraphQLInputType | undefined | null,
  around: readonly unknown[] = [],
): boolean {
  const type = input && getNamedType(input);
  if (!isInputObjectType(type)) return false;
  if (around.includes(type)) return true;
  return Object.values(type.getFields()).some((field) => containsItself(field.type, [...around, type]));
}
