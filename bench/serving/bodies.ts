/** The same request in every form that is measured, as files for the load generator. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { float32Text } from '../../src/wire/number-text.ts'
import type { Body } from '../wrk.ts'
import { INPUT } from './perceptron.ts'

/** The Open Inference Protocol as JSON and with binary tensors both ways; the plain JSON that peers without it take. */
export type BodyKind = 'json' | 'binary' | 'plain'
export type Bodies = Readonly<Record<BodyKind, Body>>

export async function writeBodies (folder: string): Promise<Bodies> {
  const numbers = `[${Array.from(INPUT, float32Text).join()}]`
  const [json, binary, plain] = await Promise.all([
    writeBody(folder, 'json', Buffer.from(`{"inputs":[{"name":"data","shape":[1,${INPUT.length}],"datatype":"FP32","data":${numbers}}]}`)),
    writeBinary(folder, 'binary', [1, INPUT.length], INPUT),
    writeBody(folder, 'plain', Buffer.from(`{"data":${numbers}}`))
  ])
  return { json, binary, plain }
}

/** A request of the Open Inference Protocol with one binary input, for one binary output. */
export async function writeBinary (
  folder: string, name: string, shape: readonly number[], values: Float32Array<ArrayBuffer>
): Promise<Body> {
  const head = Buffer.from(JSON.stringify({
    inputs: [{ name: 'data', shape, datatype: 'FP32', parameters: { binary_data_size: values.byteLength } }],
    outputs: [{ name: 'output', parameters: { binary_data: true } }]
  }))
  const body = await writeBody(folder, name, Buffer.concat([head, Buffer.from(values.buffer)]))
  return { ...body, type: 'application/octet-stream', jsonLength: head.length }
}

export async function writeBody (folder: string, name: string, bytes: Buffer): Promise<Body> {
  const file = join(folder, `${name}.body`)
  await writeFile(file, bytes)
  return { file, type: 'application/json' }
}
