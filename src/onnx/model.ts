/** Element types of ONNX tensors, by their number in the file format. */
export const ELEMENT_TYPES = { float: 1, int64: 7, bool: 9, double: 11 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A constant of a graph: `data` holds the elements row-major, little-endian. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** An input or output of a graph; a dimension given as text is a free one with that name. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** A number is written as INT, an array as INTS, a graph (the body of a Loop) as GRAPH. */
export type Attribute = number | readonly number[] | Graph;

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants: readonly Tensor[];
  /** In an order in which every node comes after those it reads from. */
  readonly nodes: readonly Node[];
}

/** A model file: a graph, and text found again by `readMetadata`. */
export interface Model {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
}
