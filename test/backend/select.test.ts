import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import { climb, selectBackend } from '../../src/backend/select.ts'
import { selfTest } from '../../src/backend/self-test.ts'
import type { Opened, Refused, Rung } from '../../src/backend/opened.ts'

const NOWHERE = '/nowhere/blockserve/native'

const rung = (backend: Rung['backend'], result: Opened | Refused | Error): Rung => ({
  backend,
  remedy: `Get ${backend}.`,
  open: async () => {
    if (result instanceof Error) throw result
    return result
  }
})
const works: Opened = { device: 'a machine', versions: { tfjs: '1' }, threads: { value: 1, reason: 'there is one' }, gpu: null }
const passes = (): undefined => undefined

t.test('a machine without a native build computes on WASM, and the report says why', async t => {
  const report = await selectBackend({ want: 'auto', nativeFolder: NOWHERE })
  t.equal(report.backend, 'wasm')
  t.equal(tf.getBackend(), 'wasm')
  t.match(report.device, /WebAssembly with SIMD, 1 thread$/)
  t.match(report.versions, { tfjs: '4.22.0', 'tfjs-backend-wasm': '4.22.0' })
  t.same(report.attempts, [
    { backend: 'native-gpu', used: false, reason: `not built: there is no build with CUDA in ${NOWHERE}: run npm run native:cuda` },
    { backend: 'native-cpu', used: false, reason: `not built: there is no build in ${NOWHERE}: run npm run native` },
    { backend: 'wasm', used: true, reason: null }
  ])
})

t.test('a pinned backend is taken, and the others are not tried', async t => {
  const { attempts } = await selectBackend({ want: 'wasm', nativeFolder: NOWHERE })
  t.same(attempts.map(({ reason }) => reason), ['not tried: wasm is pinned', 'not tried: wasm is pinned', null])
})

t.test('a pinned backend that is not there is an error that says how to get it', async t => {
  const pinned = (want: 'native-gpu' | 'native-cpu'): Promise<unknown> => selectBackend({ want, nativeFolder: NOWHERE })
  await t.rejects(pinned('native-gpu'), { code: 'backend_unavailable', message: /'native-gpu'.*npm run native:cuda/ })
  await t.rejects(pinned('native-cpu'), { code: 'backend_unavailable', message: /'native-cpu'.*npm run native builds it/ })
})

t.test('the first rung that works ends the climb', async t => {
  const report = await climb([rung('native-gpu', { refused: 'no device' }), rung('native-cpu', works), rung('wasm', works)], { want: 'auto' }, passes)
  t.same(report, {
    ...works,
    backend: 'native-cpu',
    attempts: [
      { backend: 'native-gpu', used: false, reason: 'no device' },
      { backend: 'native-cpu', used: true, reason: null },
      { backend: 'wasm', used: false, reason: 'not tried: native-cpu works' }
    ]
  })
})

t.test('a backend that throws or computes wrongly is refused with the reason', async t => {
  const answers = ['relu gave 9 instead of 0', undefined]
  const rungs = [rung('native-gpu', new Error('driver lost')), rung('native-cpu', works), rung('wasm', works)]
  const { backend, attempts } = await climb(rungs, { want: 'auto' }, () => answers.shift())
  t.equal(backend, 'wasm')
  t.same(attempts.map(({ reason }) => reason), ['it failed: driver lost', 'it computes wrongly: relu gave 9 instead of 0', null])
})

t.test('no backend at all is an error with every reason', async t => {
  const rungs = [rung('native-cpu', { refused: 'no build' }), rung('wasm', new Error('no WebAssembly'))]
  await t.rejects(climb(rungs, { want: 'auto' }, passes), {
    code: 'backend_unavailable', message: /native-cpu: no build; wasm: it failed: no WebAssembly/
  })
})

t.test('the self-test finds a kernel that computes wrongly', async t => {
  await tf.setBackend('wasm')
  const before = tf.memory().numTensors
  t.equal(selfTest(), undefined)
  const config = tf.getKernel('Relu', 'wasm')
  tf.unregisterKernel('Relu', 'wasm')
  tf.registerKernel({ ...config, kernelFunc: tf.getKernel('Abs', 'wasm').kernelFunc })
  t.equal(selfTest(), 'relu gave 1, 0, 2 instead of 0, 0, 2')
  await t.rejects(selectBackend({ want: 'wasm' }), { code: 'backend_unavailable', message: /computes wrongly/ })
  tf.unregisterKernel('Relu', 'wasm')
  tf.registerKernel(config)
  t.equal(selfTest(), undefined)
  t.equal(tf.memory().numTensors, before, 'and leaves no tensor behind')
})

t.test('the self-test sees each of its operations: a wrong kernel of any of them is found', async t => {
  await tf.setBackend('wasm')
  const kernels = ['BatchMatMul', 'Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'MaxPoolGrad', 'Softmax']
  for (const name of kernels) {
    const config = tf.getKernel(name, 'wasm')
    tf.unregisterKernel(name, 'wasm')
    tf.registerKernel({ ...config, kernelFunc: params => negated(config.kernelFunc(params) as tf.TensorInfo) })
    t.match(selfTest(), / gave .* instead of /, name)
    tf.unregisterKernel(name, 'wasm')
    tf.registerKernel(config)
  }
  t.equal(selfTest(), undefined)
})

/** A kernel's result with the wrong sign. */
function negated (info: tf.TensorInfo): tf.TensorInfo {
  const kernelFunc = tf.getKernel('Neg', 'wasm').kernelFunc
  return kernelFunc({ inputs: { x: info }, backend: tf.backend() }) as tf.TensorInfo
}

t.test('starting on WASM prints nothing, and a crash still ends the process as Node does', async t => {
  const script = fileURLToPath(new URL('crasher.js', import.meta.url))
  const quiet = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  t.same([quiet.status, quiet.stdout, quiet.stderr], [0, '', ''])
  const crashed = spawnSync(process.execPath, [script, 'throw'], { encoding: 'utf8' })
  t.equal(crashed.status, 1)
  t.match(crashed.stderr, /the end/)
})
