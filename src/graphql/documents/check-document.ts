import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  MaxIntrospectionDepthRule,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { limitDocument, measureDocument } from './document-limits';
import { findMergeConflict } from './merge-conflict';

/** Errors that a refusal tells. */
const MAX_ERRORS = 10;

/**
 * Two rules take much longer than reading the document: one follows each fragment as often as it is
 * spread, the other compares all fields with one another.
 */
const LINEAR_RULES = specifiedRules.filter(
  (rule) => rule !== MaxIntrospectionDepthRule && rule !== OverlappingFieldsCanBeMergedRule,
);

export interface Checked {
  /** Why the document is refused; none: it is valid, and asks for no more than it may. */
  readonly errors: readonly GraphQLError[];
  /** See `Sizes`. */
  readonly selections: number;
}

export type CheckDocument = (document: DocumentNode) => Checked;

/** @param explorer whether the schema may be explored; who may not explore it is not told its names one by one either. */
export function createCheck(
  schema: GraphQLSchema,
  { explorer }: { readonly explorer: boolean },
): CheckDocument {
  const rules: readonly ValidationRule[] = explorer
    ? LINEAR_RULES
    : [...LINEAR_RULES, NoSchemaIntrospectionCustomRule];
  return (document) => {
    const sizes = measureDocument(schema, document);
    const { selections } = sizes;
    const past = limitDocument(sizes);
    if (past.length > 0) return { errors: past, selections };
    const errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS, hideSuggestions: !explorer });
    if (errors.length > 0) return { errors, selections };
    const conflict = findMergeConflict(schema, document);
    return { errors: conflict ? [conflict] : [], selections };
  };
}
