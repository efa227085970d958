import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { defaultNativeFolder, findBuilds } from '../../src/backend/native-builds.ts'
import { CASES, inputOf } from '../../src/provision/check-cases.ts'
import { checkBuild } from '../../src/provision/check.ts'
import { largestError, TOLERANCE } from '../../src/provision/deviation.ts'
import { readOptions } from '../../src/provision/options.ts'
import { make, workbench } from './workbench.ts'

async function check (args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ status: number, lines: string[] }> {
  let shown = ''
  const status = await checkBuild(readOptions(args, env), env, text => { shown += text })
  return { status, lines: shown.trimEnd().split('\n') }
}

t.test('without a build there is nothing to check, and the commands that make one are told', async t => {
  const bench = workbench(t)
  const missing = { code: 'native_build_missing', message: new RegExp(`in ${bench.builds}`), remedy: /npm run native:cuda/ }
  await t.rejects(check(['--check', '--dir', bench.builds], bench.env), missing)
  await make(bench)
  await t.rejects(check(['--check', '--cuda', '--dir', bench.builds], bench.env), { ...missing, message: /no build with CUDA/ })
  await t.rejects(check(['--check', '--tf', '2.1.0', '--dir', bench.builds], bench.env), { ...missing, message: /no cpu-2\.1\.0-linux/ })
})

t.test('a build the server would not take fails, with the reason', async t => {
  const bench = workbench(t)
  await make(bench)
  const { status, lines } = await check(['--check', '--dir', bench.builds], { ...bench.env, FAKE_TRIAL_SIGNAL: 'SIGILL' })
  t.equal(status, 1)
  t.match(lines, [/^FAILED the server would take wasm: not native-gpu: .*; not native-cpu: .*SIGILL/, '0 passed, 1 failed'])
})

t.test('a process that dies while it checks is a failure', async t => {
  const bench = workbench(t)
  await make(bench)
  const { status, lines } = await check(['--check', '--dir', bench.builds], { ...bench.env, NODE_OPTIONS: '--no-such-option' })
  t.equal(status, 1)
  t.match(lines, [/^FAILED the process that checks ended with 9$/, '0 passed, 1 failed'])
})

t.test('every case can be computed in JavaScript, which is what the others are compared with', async t => {
  await tf.setBackend('cpu')
  t.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length, 'every one has a name of its own')
  for (const { name, inputs, apply, forwardOnly } of CASES) {
    const computed = tf.tidy(() => {
      const xs = inputs.map((shape, i) => inputOf(shape, i + 1))
      const results = forwardOnly === true ? [] : tf.grads((...all) => tf.sum(apply(...all)))(xs)
      return [apply(...xs), ...results].map(result => [...result.dataSync()])
    })
    t.ok(computed.flat().every(Number.isFinite), `${name} is of numbers`)
    t.ok(new Set(computed[0]).size > 3, `${name} is not the same everywhere`)
  }
})

t.test('what the cases cover is what networks are made of', async t => {
  const names = CASES.map(({ name }) => name).join(' ')
  const needed = ['matMul aᵀ bᵀ', 'conv2d', 'depthwiseConv2d', 'maxPool', 'avgPool', 'batchNorm', 'softmax', 'gather']
  for (const operation of needed) t.match(names, operation)
})

t.test('values that are rounded to TF32 are told from float32', async t => {
  const exact = tf.tidy(() => Float32Array.from(tf.matMul(inputOf([37, 100], 1), inputOf([100, 53], 2)).dataSync()))
  const rounded = (shape: number[], seed: number): tf.Tensor => {
    const bits = new Int32Array(Float32Array.from(inputOf(shape, seed).dataSync()).buffer)
    return tf.tensor(new Float32Array(bits.map(value => (value + (1 << 12)) & ~((1 << 13) - 1)).buffer), shape)
  }
  const short = Float32Array.from(tf.matMul(rounded([37, 100], 1), rounded([100, 53], 2)).dataSync())
  t.ok(largestError(short, exact) > TOLERANCE)
  t.equal(largestError(exact, exact), 0)
})

t.test('a difference counts by the largest value, and what is no number, or lacking, is none at all', async t => {
  const of = (...values: number[]): Float32Array => Float32Array.from(values)
  t.equal(largestError(of(100, 4), of(100, 2)), 0.02)
  t.equal(largestError(of(0.5), of(0.25)), 0.25, 'small values count as one')
  for (const got of [of(1), of(1, NaN), of(1, 2, 3)]) t.ok(Number.isNaN(largestError(got, of(1, 2))))
})

const folder = process.env.BLOCKSERVE_NATIVE ?? defaultNativeFolder(process.env.XDG_CACHE_HOME)
const without = findBuilds(folder).length === 0 ? `there is no build in ${folder}; npm run native makes one` : false

t.test('the build of this machine passes every check', { skip: without }, async t => {
  const { status, lines } = await check(['--check', '--dir', folder], process.env)
  t.same(lines.filter(line => line.startsWith('FAILED')), [])
  t.match(lines.at(-1), /^[1-9]\d+ passed, 0 failed$/)
  t.equal(status, 0)
})
