import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { OperationPlan } from './operation-plan';
import { IntrospectionTooLong, OperationRun } from './operation-run';
import { variablesReader } from './read-variables';

interface Execution {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: unknown;
  /** The event, when a subscription's payload is made. */
  readonly root?: unknown;
}

export type Execute = (execution: Execution) => ExecutionResult | Promise<ExecutionResult>;

/** Errors of variables that are told at most. */
const MAX_VARIABLE_ERRORS = 20;

/**
 * Runs documents that are already valid, by a plan that is kept with the document. It grows while the
 * first run needs it, so that a document that never comes again costs no more than graphql-js takes to walk it.
 */
export function createExecutor(schema: GraphQLSchema): Execute {
  const planned = new WeakMap<DocumentNode, Map<string | null | undefined, PlannedOperation>>();

  return ({ document, operationName, variables, context, root }) => {
    let operations = planned.get(document);
    if (operations === undefined) {
      operations = new Map();
      planned.set(document, operations);
    }
    let planner = operations.get(operationName);
    if (planner === undefined) {
      const operation = operationOf(document, operationName);
      if (operation instanceof GraphQLError) return { errors: [operation] };
      planner = new PlannedOperation(schema, document, operation);
      operations.set(operationName, planner);
    }
    const values = planner.read(variables ?? {});
    if (Array.isArray(values)) return { errors: values };
    return answer(new OperationRun(planner.plan(values), root, context, values));
  };
}

/** The operation that is asked for, or the error that graphql-js answers. */
function operationOf(
  { definitions }: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first, second] = operations;
  if (operationName === null || operationName === undefined) {
    if (second) {
      return new GraphQLError('Must provide operation name if query contains multiple operations.');
    }
    return first ?? new GraphQLError('Must provide an operation.');
  }
  const named = operations.find(({ name }) => name?.value === operationName);
  return named ?? new GraphQLError(`Unknown operation named "${operationName}".`);
}

/** An operation and its plan: the one for the conditions of its last run. */
class PlannedOperation {
  readonly #schema: GraphQLSchema;
  readonly #fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  readonly #read: ReturnType<typeof variablesReader>;
  /** The variables that fields are included by. */
  readonly #conditions: readonly string[];
  #plan: { readonly conditions: string; readonly plan: OperationPlan } | undefined;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    readonly operation: OperationDefinitionNode,
  ) {
    this.#schema = schema;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments[definition.name.value] = definition;
    }
    this.#conditions = conditionsOf(document);
    this.#read = variablesReader(schema, operation.variableDefinitions ?? []);
  }

  /** The values of its variables, or what is wrong with them. */
  read(given: Readonly<Record<string, unknown>>): Record<string, unknown> | GraphQLError[] {
    const values = this.#read(given);
    if (values) return values;
    const { variableDefinitions = [] } = this.operation;
    const { coerced, errors } = getVariableValues(this.#schema, variableDefinitions, given, {
      maxErrors: MAX_VARIABLE_ERRORS,
    });
    return coerced ?? [...errors];
  }

  plan(variables: Readonly<Record<string, unknown>>): OperationPlan {
    const conditions = this.#conditions.map((name) => variables[name]).join();
    if (this.#plan?.conditions !== conditions) {
      this.#plan = { conditions, plan: new OperationPlan(this.#schema, this.operation, this.#fragments) };
    }
    return this.#plan.plan;
  }
}

function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function answer(run: OperationRun): ExecutionResult | Promise<ExecutionResult> {
  const respond = (data: (ExecutionResult['data'] & {}) | null): ExecutionResult =>
    run.errors.all.length === 0 ? { data } : { errors: run.errors.all, data };
  const fail = (error: unknown): ExecutionResult => {
    if (error instanceof IntrospectionTooLong) {
      return { errors: [new GraphQLError(error.message, { originalError: error })] };
    }
    run.errors.add(error as GraphQLError, undefined);
    return respond(null);
  };
  try {
    const data = run.data();
    return data instanceof Promise ? data.then(respond, fail) : respond(data);
  } catch (error) {
    return fail(error);
  }
}
