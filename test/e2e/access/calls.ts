import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What the calls ask for. */
export interface Things {
  readonly userId: string;
  readonly city: string;
  readonly room: string;
  readonly dataset: string;
  readonly model: string;
  readonly job: string;
  readonly report: string;
  readonly branch: string;
  readonly apiKey: string;
}

/** Whose id an argument `id` is, by the field that it belongs to. */
const ID_OF: Readonly<Record<string, keyof Things>> = {
  room: 'room',
  dataset: 'dataset',
  deleteDataset: 'dataset',
  model: 'model',
  job: 'job',
  cancelJob: 'job',
  jobChanged: 'job',
  report: 'report',
  renameBranch: 'branch',
  deleteBranch: 'branch',
  revokeApiKey: 'apiKey',
};

type Field = GraphQLField<unknown, unknown>;

/** A call of a root field as a text, with all arguments that it needs, and some scalars of what it answers. */
export function callOf(field: Field, things: Things): string {
  const given = field.args.flatMap((argument) => argumentOf(field.name, argument, things));
  return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${selectionOf(field.type)}`;
}

/** Whether a field asks for something by its id. */
export function takesIds(field: Field): boolean {
  return field.args.some(({ type }) => namesId(type));
}

function namesId(type: GraphQLInputType): boolean {
  const named = getNamedType(type);
  if (isInputObjectType(named)) return Object.values(named.getFields()).some((each) => namesId(each.type));
  return named.name === 'ID';
}

function argumentOf(field: string, { name, type }: GraphQLArgument, things: Things): string[] {
  if (!isNonNullType(type) && !namesId(type)) return [];
  return [`${name}: ${literal(field, name, type, things)}`];
}

function literal(field: string, name: string, type: GraphQLInputType, things: Things): string {
  if (isNonNullType(type)) return literal(field, name, type.ofType, things);
  if (isListType(type)) return `[${literal(field, name, type.ofType, things)}]`;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (each) => isNonNullType(each.type) || (each.type.toString() === 'ID' && each.name !== 'branchId'),
    );
    return `{${fields.map((each) => `${each.name}: ${literal(field, each.name, each.type, things)}`).join(', ')}}`;
  }
  if (isEnumType(type)) return String(type.getValues()[0]?.name);
  switch (type.name) {
    case 'Int':
    case 'Float':
      return '1';
    case 'Boolean':
      return 'true';
    default:
      return JSON.stringify(textOf(field, name, things));
  }
}

function textOf(field: string, name: string, things: Things): string {
  if (name === 'userId') return things.userId;
  if (name === 'datasetId') return things.dataset;
  if (name === 'modelId') return things.model;
  if (name === 'city' || (field === 'city' && name === 'name')) return things.city;
  if (name === 'id' && field in ID_OF) return things[ID_OF[field] as keyof Things];
  return 'nothing-of-the-kind';
}

function selectionOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const parts = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some((argument) => isNonNullType(argument.type))) return [];
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return depth < 2 && ['edges', 'node', 'assignment'].includes(field.name)
      ? [`${field.name}${selectionOf(field.type, depth + 1)}`]
      : [];
  });
  return ` { ${parts.join(' ') || '__typename'} }`;
}
