/** The spike's engine over the channel of the product. */
import { serve } from '../../src/runtime/serve.ts'

serve(({ input }) => {
  const { inputs: [{ data }] } = input as { inputs: [{ data: Float32Array }] }
  let sum = 0
  for (const value of data) sum += value
  return { outputs: [{ dtype: 'float32', shape: [1, 10], data: new Float32Array(10).fill(sum / 784) }] }
}, {})
