import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Taste {
  /** How often something is not as the schema has it: 0 to 1. */
  readonly wrong: number;
  /** How often a name is one that was used before. */
  readonly repeat: number;
  /** Selections of a document, about. */
  readonly size: number;
}

/** Documents against a schema, the same for the same seed. */
export class RandomDocuments {
  readonly #random: () => number;
  #taste: Taste = { wrong: 0, repeat: 0.5, size: 20 };
  #left = 0;
  #fragments: { readonly name: string; readonly type: GraphQLCompositeType; text: string }[] = [];
  #variables = new Map<string, string>();

  constructor(
    readonly schema: GraphQLSchema,
    seed: number,
  ) {
    this.#random = randomNumbers(seed);
  }

  next(taste: Partial<Taste> = {}): string {
    this.#taste = { wrong: 0, repeat: 0.5, size: 20, ...taste };
    this.#left = this.#taste.size;
    this.#fragments = [];
    this.#variables = new Map();
    const roots = [this.schema.getQueryType(), this.schema.getMutationType()].filter((type) => !!type);
    const root = this.#pick(roots);
    const selection = this.#selection(root, 0);
    const variables = [...this.#variables].map(([name, type]) => `$${name}: ${type}`).join(', ');
    const kind = root === this.schema.getMutationType() ? 'mutation' : 'query';
    const fragments = this.#fragments.map(
      ({ name, type, text }) => `fragment ${name} on ${type.name} ${text}`,
    );
    return [`${kind} Q${variables && `(${variables})`} ${selection}`, ...fragments].join('\n');
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + Math.floor(this.#random() * Math.min(8, 1 + Math.max(0, this.#left) / 2));
    const selections = Array.from({ length: count }, () => this.#one(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  #one(type: GraphQLCompositeType, depth: number): string {
    this.#left -= 1;
    const kind = this.#random();
    if (depth < 6 && this.#left > 0 && kind < 0.12) {
      const inner = this.#overlapping(type);
      return `... on ${inner.name}${this.#condition()} ${this.#selection(inner, depth + 1)}`;
    }
    if (depth < 6 && kind < 0.24) return `...${this.#fragment(type, depth)}${this.#condition()}`;
    const fields =
      isObjectType(type) || !isAbstractType(type) || 'getFields' in type
        ? Object.values((type as { getFields(): Record<string, GraphQLField<unknown, unknown>> }).getFields())
        : [];
    const usable = fields.filter(
      ({ type: inner }) => !isCompositeType(getNamedType(inner)) || (depth < 6 && this.#left > 0),
    );
    if (usable.length === 0 || this.#chance(0.05)) return `${this.#alias()}__typename`;
    const field = this.#pick(usable);
    const name = this.#chance(this.#taste.wrong) ? `${field.name}x` : field.name;
    const inner = getNamedType(field.type);
    const below =
      isCompositeType(inner) !== this.#chance(this.#taste.wrong / 4) ? this.#below(inner, depth) : '';
    return `${this.#alias()}${name}${this.#arguments(field)}${this.#condition()}${below}`;
  }

  #below(type: GraphQLNamedType, depth: number): string {
    const composite = isCompositeType(type) ? type : this.schema.getQueryType();
    return composite ? ` ${this.#selection(composite, depth + 1)}` : '';
  }

  #alias(): string {
    if (!this.#chance(0.25)) return '';
    return `${this.#chance(this.#taste.repeat) ? this.#pick(['a', 'b', 'id', 'name']) : `a${Math.floor(this.#random() * 1e6)}`}: `;
  }

  #condition(): string {
    if (!this.#chance(0.06)) return '';
    if (this.#chance(0.5)) return ` @${this.#pick(['skip', 'include'])}(if: ${this.#chance(0.5)})`;
    this.#variables.set('yes', 'Boolean!');
    return ` @${this.#pick(['skip', 'include'])}(if: $yes)`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const fitting = this.#fragments.filter((fragment) => fragment.type === type && fragment.text !== '');
    const any = this.#chance(this.#taste.wrong) ? this.#fragments : fitting;
    if (any.length > 0 && this.#chance(0.7)) return this.#pick(any).name;
    const fragment = { name: `f${this.#fragments.length}`, type: this.#overlapping(type), text: '' };
    this.#fragments.push(fragment);
    fragment.text = this.#selection(fragment.type, depth + 1);
    return fragment.name;
  }

  /** A type that objects of the type may be of, too. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    if (this.#chance(this.#taste.wrong)) {
      return this.#pick(Object.values(this.schema.getTypeMap()).filter(isCompositeType));
    }
    return isAbstractType(type) && this.#chance(0.7) ? this.#pick(this.schema.getPossibleTypes(type)) : type;
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter((arg) => isRequiredArgument(arg) || this.#chance(0.3));
    const texts = given
      .filter(() => !this.#chance(this.#taste.wrong / 2))
      .map(({ name, type }) => `${name}: ${this.#chance(0.2) ? this.#variable(type) : this.#value(type, 0)}`);
    return texts.length === 0 ? '' : `(${texts.join(', ')})`;
  }

  #variable(type: GraphQLInputType): string {
    const name = `v${this.#variables.size}`;
    this.#variables.set(name, String(type));
    return `$${name}`;
  }

  #value(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (this.#chance(this.#taste.wrong)) return this.#pick(['null', '1', '"x"', 'NOPE', '{ x: 1 }', '[[1]]']);
    if (isListType(type)) {
      return `[${Array.from({ length: Math.floor(this.#random() * 3) }, () => this.#value(type.ofType, depth + 1)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isRequiredInputField(field) || (depth < 2 && this.#chance(0.2)),
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.#value(field.type, depth + 1)}`).join(', ')} }`;
    }
    switch (type.name) {
      case 'Int':
        return String(Math.floor(this.#random() * 5));
      case 'Float':
        return '1.5';
      case 'Boolean':
        return String(this.#chance(0.5));
      default:
        return this.#pick(['"a"', '"b"']);
    }
  }
}
