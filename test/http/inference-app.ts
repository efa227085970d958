/** The Open Inference Protocol on the wire, with a data plane that the test plays. */
import type { Test } from 'tap'
import { hostTensor } from '../../src/tensor.ts'
import { fakeApp } from './fake-dataplane.ts'

const MEASURED = { input_ns: 1, infer_ns: 1, output_ns: 1, rows: 1, batch: 1, leads: true }
export const answer = (data: number[]) => ({
  output: {
    model: 'm',
    version: 0,
    outputs: [{ name: 'output', tensor: hostTensor('float32', [1, data.length], Float32Array.from(data)) }],
    measured: MEASURED
  }
})
export const INPUT = { name: 'data', datatype: 'FP32', shape: [1, 2], data: [1, 2] }
export const INFER = '/v2/models/m/infer'

export async function openApp (t: Test, environment: Record<string, string> = {}) {
  const fake = await fakeApp(t, {}, environment)
  fake.dataplane.reply = () => answer([0.5, 0.25])
  return fake
}
