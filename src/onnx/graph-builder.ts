import type { Attribute, ElementType, Graph, Node, Tensor, Value } from './model';

/**
 * Writes a graph down operator by operator. Every method gives the name by which later nodes read the
 * value. The body of a Loop may read its outer graph's values: give it a name of its own.
 */
export class GraphBuilder {
  private readonly inputs: Value[] = [];
  private readonly outputs: Value[] = [];
  private readonly constants: Tensor[] = [];
  private readonly nodes: Node[] = [];

  constructor(private readonly name: string) {}

  input(name: string, type: ElementType, dims: readonly (number | string)[]): string {
    this.inputs.push({ name, type, dims });
    return name;
  }

  output(name: string, type: ElementType, dims: readonly (number | string)[]): void {
    this.outputs.push({ name, type, dims });
  }

  /** @param values as many as `dims` multiply to (none: a scalar), row-major. */
  constant(type: ElementType, dims: readonly number[], values: ArrayLike<number>): string {
    const name = `${this.name}_constant_${this.constants.length}`;
    this.constants.push({ name, type, dims, data: littleEndian(type, values) });
    return name;
  }

  /** Adds a node with one output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `${this.name}_${operator}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  }

  /** Runs `body` until its first output is false, at most `limit` times. @returns the state it ends with. */
  loop(limit: number, body: Graph, initialState: readonly string[]): string[] {
    const outputs = initialState.map((_, i) => `${body.name}_state_${i}`);
    const inputs = [this.constant('int64', [], [limit]), this.constant('bool', [], [1]), ...initialState];
    this.nodes.push({ operator: 'Loop', inputs, outputs, attributes: { body } });
    return outputs;
  }

  build(): Graph {
    const { name, inputs, outputs, constants, nodes } = this;
    return { name, inputs, outputs, constants, nodes };
  }
}

const BYTES: Record<ElementType, number> = { float: 4, int64: 8, bool: 1, double: 8 };

function littleEndian(type: ElementType, values: ArrayLike<number>): Uint8Array {
  const size = BYTES[type];
  const view = new DataView(new ArrayBuffer(values.length * size));
  const write: Record<ElementType, (offset: number, value: number) => void> = {
    float: (offset, value) => view.setFloat32(offset, value, true),
    double: (offset, value) => view.setFloat64(offset, value, true),
    int64: (offset, value) => view.setBigInt64(offset, BigInt(value), true),
    bool: (offset, value) => view.setUint8(offset, value),
  };
  for (let i = 0; i < values.length; i++) write[type](i * size, values[i] as number);
  return new Uint8Array(view.buffer);
}
