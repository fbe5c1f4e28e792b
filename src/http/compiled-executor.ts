import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  parse,
  print,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { isCompilable } from './is-compilable';

interface Execution {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: unknown;
  /** The event, when a subscription's payload is made. */
  readonly root?: unknown;
}

export type Execute = (execution: Execution) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Runs documents that are already valid. One that comes again (the same object, from a document
 * store) is compiled to a function, which saves most of the time that graphql-js takes to walk it;
 * the first time it is walked, since compiling costs about as much as 20 runs and a client that
 * writes its values into its documents sends each but once.
 *
 * Compiled or not, answers are the same as long as a field without a resolver is a plain property:
 * compiled code neither calls methods nor awaits promises there, and a getter that throws would
 * leave the request without an answer. Such fields need a resolver.
 */
export function createExecutor(schema: GraphQLSchema): Execute {
  const seen = new WeakMap<DocumentNode, Map<string, Run | null>>();

  return (execution) => {
    const { document, operationName, variables, context, root } = execution;
    const runs = seen.get(document);
    if (runs === undefined) {
      seen.set(document, new Map());
      return walk(schema, execution);
    }
    const name = operationName ?? '';
    let run = runs.get(name);
    if (run === undefined && getOperationAST(document, operationName)) {
      run = compile(schema, document, operationName);
      runs.set(name, run);
    }
    if (!run) return walk(schema, execution);
    const result = run(root, context, variables ?? {});
    // Without data no resolver has run, and graphql-js says better which part of which variable is wrong.
    return 'data' in result || 'then' in result ? result : walk(schema, execution);
  };
}

type Run = CompiledQuery['query'];

/** null: the document has something that is not to be compiled. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): Run | null {
  if (!isCompilable(schema, document)) return null;
  // A copy, because graphql-jit leaves its own marks in the tree.
  const copy = parse(document.loc?.source.body ?? print(document));
  const compiled = compileQuery(schema, copy, operationName ?? undefined, {
    disablingCapturingStackErrors: true,
  });
  return isCompiledQuery(compiled) ? compiled.query : null;
}

function walk(schema: GraphQLSchema, execution: Execution): ExecutionResult | Promise<ExecutionResult> {
  return execute({
    schema,
    document: execution.document,
    operationName: execution.operationName ?? null,
    variableValues: execution.variables ?? null,
    contextValue: execution.context,
    rootValue: execution.root,
  }) as ExecutionResult | Promise<ExecutionResult>;
}
