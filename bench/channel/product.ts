/** The engine of the product in the place of the spike's: scheduler, codec and channel with all they do. */
import { startEngine } from '../../src/engine/engine.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** A function that has the engine sum a vector and answer ten floats. */
export async function ask (): Promise<(values: Float32Array) => Promise<Float32Array>> {
  const entry = new URL('./product-engine.js', import.meta.url)
  const engine = await startEngine({ entry, config: {}, log: silent })
  return async values => {
    const input = { inputs: [{ dtype: 'float32', shape: [1, 784], data: values }] }
    const output = await engine.call({ operation: 'forward', kind: 'infer', model: 'm', input, deadline: Date.now() + 60_000 })
    return (output as { outputs: [{ data: Float32Array }] }).outputs[0].data
  }
}
