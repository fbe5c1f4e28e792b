import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect';
import type { Path } from 'graphql/jsutils/Path';
import { ClientError } from '../../errors';
import { FieldErrors, locate } from './field-errors';
import type { FieldPlan, OperationPlan, Selection } from './operation-plan';
import type { ValueShape } from './value-shape';

type Answer = { [responseName: string]: unknown };

/** Characters that an answer may say about the schema: all of it, as tools ask, several times. */
const INTROSPECTION_LENGTH = 1_000_000;

/** Quotes, colon, comma and brackets of a field. */
const PUNCTUATION = 6;

/** Ends a run: it is no error of one field. */
export class IntrospectionTooLong extends ClientError {
  constructor() {
    const message = `The answer says more about the schema than ${INTROSPECTION_LENGTH} characters, the limit: ask for less at once`;
    super('TOO_COMPLEX', message, { limit: INTROSPECTION_LENGTH });
  }
}

/**
 * One run of a planned operation. What happens when, and what becomes of errors, is what graphql-js's
 * `execute` does, function by function, so that data and errors are the same. It takes a third of the
 * time, because it does only what depends on the run: no node of the document is looked at, and paths
 * and `info` are made only where somebody looks at them.
 */
export class OperationRun {
  readonly errors = new FieldErrors();
  /** Characters of the answer that describe the schema. */
  #introspected = 0;

  constructor(
    private readonly plan: OperationPlan,
    private readonly root: unknown,
    private readonly context: unknown,
    private readonly variables: { [variable: string]: unknown },
  ) {}

  /** @throws GraphQLError that leaves no data, or IntrospectionTooLong. */
  data(): Answer | Promise<Answer> {
    const { schema, operation } = this.plan;
    const type = schema.getRootType(operation.operation);
    if (!type) {
      const message = `Schema is not configured to execute ${operation.operation} operation.`;
      throw new GraphQLError(message, { nodes: operation });
    }
    const fields = this.plan.root(type, this.variables);
    return operation.operation === OperationTypeNode.MUTATION
      ? this.#serially(fields)
      : this.#fields(fields, this.root, undefined);
  }

  #serially(fields: Selection): Answer | Promise<Answer> {
    const answer = emptyAnswer(fields);
    let done: Promise<void> | undefined;
    for (const field of fields.fields) {
      const run = (): Promise<void> | undefined => {
        const value = this.#field(field, this.root, undefined);
        if (!isPromise(value)) {
          answer[field.responseName] = value;
          return undefined;
        }
        return value.then((resolved) => {
          answer[field.responseName] = resolved;
        });
      };
      done = done ? done.then(run) : run();
    }
    return done ? done.then(() => answer) : answer;
  }

  #fields(fields: Selection, source: unknown, path: Path | undefined): Answer | Promise<Answer> {
    const answer = emptyAnswer(fields);
    let names: string[] | undefined;
    let values: PromiseLike<unknown>[] | undefined;
    try {
      for (const field of fields.fields) {
        const value = this.#field(field, source, path);
        answer[field.responseName] = value;
        if (!isPromise(value)) continue;
        names ??= [];
        values ??= [];
        names.push(field.responseName);
        values.push(value);
      }
    } catch (error) {
      if (names === undefined || values === undefined) throw error;
      return settle(answer, names, values).finally(() => {
        throw error;
      });
    }
    return names === undefined || values === undefined ? answer : settle(answer, names, values);
  }

  #field(field: FieldPlan, source: unknown, above: Path | undefined): unknown {
    const { resolve, shape } = field;
    let path: Path | undefined;
    try {
      let result: unknown;
      if (resolve !== undefined) {
        path = pathOf(field, above);
        result = resolve(source, field.args(this.variables), this.context, this.#info(field, path));
      } else {
        if (shape.kind !== 'LEAF') path = pathOf(field, above);
        result =
          (typeof source === 'object' && source !== null) || typeof source === 'function'
            ? (source as Answer)[field.definition.name]
            : undefined;
        if (typeof result === 'function') {
          path ??= pathOf(field, above);
          const args = field.args(this.variables);
          result = (source as Record<string, CallableFunction>)[field.definition.name]?.(
            args,
            this.context,
            this.#info(field, path),
          );
        }
      }
      const completed = isPromise(result)
        ? result.then((resolved) => this.#value(shape, field, path ?? pathOf(field, above), resolved))
        : this.#value(shape, field, path, result);
      if (field.isIntrospection) this.#countIntrospection(field, completed);
      if (!isPromise(completed)) return completed;
      const place = path ?? pathOf(field, above);
      return completed.then(undefined, (error) => this.#fail(error, field, shape.isNonNull, place));
    } catch (error) {
      return this.#fail(error, field, shape.isNonNull, path ?? pathOf(field, above));
    }
  }

  /** An answer about the schema has no limit but this one: each list in it is as long as the schema makes it. */
  #countIntrospection({ responseName }: FieldPlan, value: unknown): void {
    this.#introspected += responseName.length + (typeof value === 'string' ? value.length : 0) + PUNCTUATION;
    if (this.#introspected > INTROSPECTION_LENGTH) throw new IntrospectionTooLong();
  }

  #fail(raw: unknown, field: FieldPlan, isNonNull: boolean, path: Path): null {
    if (raw instanceof IntrospectionTooLong) throw raw;
    const error = locate(raw, field, path);
    if (isNonNull) throw error;
    this.errors.add(error, path);
    return null;
  }

  /** @param path undefined: of a leaf, where only errors need it. */
  #value(shape: ValueShape, field: FieldPlan, path: Path | undefined, value: unknown): unknown {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return shape.isNonNull ? refuseNull(field) : null;
    switch (shape.kind) {
      case 'LEAF':
        return leaf(shape.type, value);
      case 'LIST':
        return this.#list(shape.item, field, path as Path, value);
      case 'ABSTRACT':
        return this.#abstract(shape.type, field, path as Path, value);
      case 'OBJECT':
        return this.#object(shape.type, field, path as Path, value);
    }
  }

  #list(shape: ValueShape, field: FieldPlan, path: Path, list: unknown): unknown {
    if (!isIterable(list)) {
      const name = `${field.parentType.name}.${field.definition.name}`;
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${name}".`);
    }
    const { isNonNull } = shape;
    const items: unknown[] = [];
    let containsPromise = false;
    for (const item of list) {
      const itemPath: Path = { prev: path, key: items.length, typename: undefined };
      try {
        const completed = isPromise(item)
          ? item.then((resolved) => this.#value(shape, field, itemPath, resolved))
          : this.#value(shape, field, itemPath, item);
        if (isPromise(completed)) {
          containsPromise = true;
          items.push(completed.then(undefined, (error) => this.#fail(error, field, isNonNull, itemPath)));
        } else {
          items.push(completed);
        }
      } catch (error) {
        if (isNonNull) forget(items);
        items.push(this.#fail(error, field, isNonNull, itemPath));
      }
    }
    return containsPromise ? Promise.all(items) : items;
  }

  #abstract(type: GraphQLAbstractType, field: FieldPlan, path: Path, value: unknown): unknown {
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const info = this.#info(field, path);
    const complete = (name: unknown) =>
      this.#object(this.#runtimeType(name, type, field, value), field, path, value);
    const name = resolveType(value, this.context, info, type);
    return isPromise(name) ? name.then(complete) : complete(name);
  }

  #runtimeType(
    name: unknown,
    type: GraphQLAbstractType,
    { parentType, definition, nodes }: FieldPlan,
    value: unknown,
  ): GraphQLObjectType {
    const { schema } = this.plan;
    const place = `at runtime for field "${parentType.name}.${definition.name}"`;
    if (name === null || name === undefined) {
      const message = `Abstract type "${type.name}" must resolve to an Object type ${place}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
      throw new GraphQLError(message, { nodes });
    }
    if (typeof name !== 'string') {
      throw new GraphQLError(
        `Abstract type "${type.name}" must resolve to an Object type ${place} with value ${inspect(value)}, received "${inspect(name)}".`,
      );
    }
    const found = schema.getType(name);
    if (!found) {
      const message = `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`;
      throw new GraphQLError(message, { nodes });
    }
    if (!isObjectType(found)) {
      const message = `Abstract type "${type.name}" was resolved to a non-object type "${name}".`;
      throw new GraphQLError(message, { nodes });
    }
    if (!schema.isSubType(type, found)) {
      const message = `Runtime Object type "${found.name}" is not a possible type for "${type.name}".`;
      throw new GraphQLError(message, { nodes });
    }
    return found;
  }

  #object(type: GraphQLObjectType, field: FieldPlan, path: Path, value: unknown): unknown {
    const fields = field.selections.get(type) ?? this.plan.below(field, type, this.variables);
    if (!type.isTypeOf) return this.#fields(fields, value, path);
    const complete = (isOfType: boolean) => {
      if (isOfType) return this.#fields(fields, value, path);
      const message = `Expected value of type "${type.name}" but got: ${inspect(value)}.`;
      throw new GraphQLError(message, { nodes: field.nodes });
    };
    const isOfType = type.isTypeOf(value, this.context, this.#info(field, path));
    return isPromise(isOfType) ? isOfType.then(complete) : complete(isOfType);
  }

  #info({ definition, nodes, parentType }: FieldPlan, path: Path): GraphQLResolveInfo {
    const { schema, fragments, operation } = this.plan;
    return {
      fieldName: definition.name,
      fieldNodes: nodes,
      returnType: definition.type,
      parentType,
      path,
      schema,
      fragments,
      rootValue: this.root,
      operation,
      variableValues: this.variables,
    };
  }
}

function pathOf({ responseName, parentType }: FieldPlan, prev: Path | undefined): Path {
  return { prev, key: responseName, typename: parentType.name };
}

function emptyAnswer({ isPlain }: Selection): Answer {
  return isPlain ? {} : Object.create(null);
}

function settle(
  answer: Answer,
  names: readonly string[],
  values: readonly PromiseLike<unknown>[],
): Promise<Answer> {
  return Promise.all(values).then((settled) => {
    for (const [i, name] of names.entries()) answer[name] = settled[i];
    return answer;
  });
}

/** Lets promises fail that nobody will wait for: the process would end otherwise, as it may with graphql-js. */
function forget(items: readonly unknown[]): void {
  for (const item of items) if (isPromise(item)) item.then(undefined, () => undefined);
}

function refuseNull({ parentType, definition }: FieldPlan): never {
  throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`);
}

function leaf(type: GraphQLLeafType, value: unknown): unknown {
  const serialized = type.serialize(value);
  if (serialized !== null && serialized !== undefined) return serialized;
  throw new Error(
    `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
  );
}

function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
