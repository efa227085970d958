import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { openWasm } from '../../wasm.ts'
import { tensor } from '../tensors.ts'

await openWasm()

t.test('a copy shares the memory of its original, and either outlives the other', async t => {
  const before = tf.backend().numDataIds()
  for (const first of ['original', 'copy'] as const) {
    const original = tensor([2, 3], 1)
    const copy = tf.clone(original)
    t.equal(tf.backend().numDataIds(), before + 1)
    const values = [...original.dataSync()]
    const [gone, left] = first === 'original' ? [original, copy] : [copy, original]
    gone.dispose()
    // What was freed would be overwritten by these.
    const others = [1, 2, 3].map(seed => tensor([2, 3], seed + 1))
    t.same([...left.dataSync()], values, `after the ${first} is gone`)
    tf.dispose([left, ...others])
    t.equal(tf.backend().numDataIds(), before)
  }
})

t.test('a variable keeps its value apart from what it was made of', async t => {
  const start = tensor([3], 1)
  const values = [...start.dataSync()]
  const variable = tf.variable(start)
  tf.tidy(() => { variable.assign(tf.add(variable, 1)) })
  t.same([...start.dataSync()], values)
  t.same([...variable.dataSync()], values.map(value => Math.fround(value + 1)))
  tf.dispose([start, variable])
})
