/** ONNX models as bytes: the few messages and fields of its format that a network of a few operators needs. */
import protobuf from 'protobufjs'
import type { Tensor } from './tensors.ts'

const FORMAT = `
  syntax = "proto3";
  message Attribute { string name = 1; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Initializer { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Dimension { int64 dim_value = 1; }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message Value { string name = 1; Type type = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Initializer initializer = 5; repeated Value input = 11; repeated Value output = 12; }
  message Operators { int64 version = 2; }
  message Model { int64 ir_version = 1; Graph graph = 7; repeated Operators opset_import = 8; }`

const FLOAT = 1
const OPSET = 13
const IR_VERSION = 8
const INTS = 7

/** One operator: its inputs and its output by name, its lists of whole numbers. */
export interface Operator {
  readonly type: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, readonly number[]>>
}

/** A model from `x` to `y`. */
export interface Graph {
  readonly operators: readonly Operator[]
  readonly weights: Readonly<Record<string, Tensor>>
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export function encodeModel ({ operators, weights, x, y }: Graph): Uint8Array {
  const Model = protobuf.parse(FORMAT, { keepCase: true }).root.lookupType('Model')
  const graph = {
    name: 'bench',
    node: operators.map(node),
    initializer: Object.entries(weights).map(([name, tensor]) => initializer(name, tensor)),
    input: [value('x', x)],
    output: [value('y', y)]
  }
  return Model.encode(Model.create({ ir_version: IR_VERSION, graph, opset_import: [{ version: OPSET }] })).finish()
}

function node ({ type, inputs, output, attributes = {} }: Operator): object {
  const attribute = Object.entries(attributes).map(([name, ints]) => ({ name, ints, type: INTS }))
  return { op_type: type, input: inputs, output: [output], attribute }
}

function initializer (name: string, { shape, data }: Tensor): object {
  return { name, dims: shape, data_type: FLOAT, raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

function value (name: string, shape: readonly number[]): object {
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim: shape.map(dim => ({ dim_value: dim })) } } } }
}
