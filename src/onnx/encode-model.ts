import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type Attribute,
  ELEMENT_TYPES,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type Value,
} from './model';

/** Intermediate representation 8 and operator set 17: ONNX 1.12 of 2022, so that old runtimes read the file too. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

const ATTRIBUTE_TYPES = { INT: 2, GRAPH: 5, INTS: 7 };

/**
 * A model as the bytes of an `.onnx` file. The same model gives the same bytes.
 *
 * The field numbers are those of `onnx.proto`: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function encodeModel(model: Model): Uint8Array {
  return new Message()
    .int(1, IR_VERSION)
    .text(2, 'tertulia')
    .message(7, encodeGraph(model.graph))
    .message(8, new Message().text(1, '').int(2, OPERATOR_SET))
    .messages(14, Object.entries(model.metadata), ([key, value]) => new Message().text(1, key).text(2, value))
    .finish();
}

function encodeGraph(graph: Graph): Message {
  return new Message()
    .messages(1, graph.nodes, encodeNode)
    .text(2, graph.name)
    .messages(5, graph.constants, encodeTensor)
    .messages(11, graph.inputs, encodeValue)
    .messages(12, graph.outputs, encodeValue);
}

function encodeNode(node: Node): Message {
  return new Message()
    .texts(1, node.inputs)
    .texts(2, node.outputs)
    .text(4, node.operator)
    .messages(5, Object.entries(node.attributes), ([name, value]) => encodeAttribute(name, value));
}

function encodeAttribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, ATTRIBUTE_TYPES.INT);
  if ('nodes' in value) return message.message(6, encodeGraph(value)).int(20, ATTRIBUTE_TYPES.GRAPH);
  return message.ints(8, value).int(20, ATTRIBUTE_TYPES.INTS);
}

function encodeTensor(tensor: Tensor): Message {
  return new Message()
    .ints(1, tensor.dims)
    .int(2, ELEMENT_TYPES[tensor.type])
    .text(8, tensor.name)
    .bytes(9, tensor.data);
}

function encodeValue(value: Value): Message {
  const shape = new Message().messages(1, value.dims, (dim) =>
    typeof dim === 'number' ? new Message().int(1, dim) : new Message().text(2, dim),
  );
  const tensorType = new Message().int(1, ELEMENT_TYPES[value.type]).message(2, shape);
  return new Message().text(1, value.name).message(2, new Message().message(1, tensorType));
}

/** A Protocol Buffers message written field by field: `field` is the field's number. */
class Message {
  private readonly writer = new BinaryWriter();

  int(field: number, value: number): this {
    this.writer.tag(field, WireType.Varint).int64(value);
    return this;
  }

  text(field: number, value: string): this {
    this.writer.tag(field, WireType.LengthDelimited).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.writer.tag(field, WireType.LengthDelimited).bytes(value);
    return this;
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  ints(field: number, values: readonly number[]): this {
    for (const value of values) this.int(field, value);
    return this;
  }

  texts(field: number, values: readonly string[]): this {
    for (const value of values) this.text(field, value);
    return this;
  }

  messages<T>(field: number, values: readonly T[], encode: (value: T) => Message): this {
    for (const value of values) this.message(field, encode(value));
    return this;
  }

  finish(): Uint8Array {
    return this.writer.finish();
  }
}
