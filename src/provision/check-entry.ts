/** A process of its own that loads a build as the server does, and writes one line for each check. */
import * as tf from '@tensorflow/tfjs-core'
import { selectBackend, type BackendOptions, type BackendReport } from '../backend/select.ts'
import { CASES, inputOf, type Case } from './check-cases.ts'
import { FAILED, PASSED } from './check.ts'
import { largestError, TOLERANCE } from './deviation.ts'

const [want = 'auto', nativeFolder] = process.argv.slice(2)

function tell (passed: boolean, text: string): void {
  process.stdout.write(`${passed ? PASSED : FAILED}${text}\n`)
}

const ms = (time: number): string => `${time.toFixed(time < 10 ? 2 : 0)} ms`

function timed<T> (work: () => T): { result: T, time: number } {
  const start = performance.now()
  const result = work()
  return { result, time: performance.now() - start }
}

interface NativeBackend extends tf.KernelBackend { readonly isUsingGpuDevice: boolean, getNumOfTFTensors (): number }
const native = (): NativeBackend => tf.backend() as NativeBackend

async function choose (): Promise<BackendReport | undefined> {
  const start = performance.now()
  try {
    const report = await selectBackend({ want: want as BackendOptions['want'], nativeFolder })
    if (report.backend.startsWith('native')) {
      tell(true, `the server would take ${report.backend}, TensorFlow ${report.versions.tensorflow}; ready in ${ms(performance.now() - start)}`)
      return report
    }
    tell(false, `the server would take ${report.backend}: ${report.attempts.filter(({ used }) => !used).map(({ backend, reason }) => `not ${backend}: ${reason}`).join('; ')}`)
  } catch (error) {
    tell(false, (error as Error).message)
  }
  return undefined
}

function checkDevice ({ backend, device, gpu }: BackendReport): void {
  const uses = native().isUsingGpuDevice
  const facts = Object.entries(gpu?.facts() ?? {}).map(([name, value]) => `${name} ${value ?? 'not told'}`)
  tell(uses === (backend === 'native-gpu'), [`TensorFlow computes on ${uses ? 'a GPU' : 'the CPU'}: ${device}`, ...facts].join(', '))
}

interface Computed { readonly values: Float32Array, readonly time: number }

const HEADS = 99
/** A name and a computation that gives a row of numbers. */
type Computation = readonly [string, () => tf.Tensor]

function computationsOf ({ name, inputs, apply, forwardOnly }: Case): Computation[] {
  const make = (): tf.Tensor[] => inputs.map((shape, i) => inputOf(shape, i + 1))
  const scalar = (...xs: tf.Tensor[]): tf.Scalar => {
    const result = apply(...xs)
    return tf.sum(tf.mul(result, inputOf(result.shape, HEADS)))
  }
  const gradients = (): tf.Tensor => tf.concat(tf.grads(scalar)(make()).map(gradient => tf.reshape(gradient, [-1])))
  return [[name, () => apply(...make())], ...forwardOnly === true ? [] : [[`gradients of ${name}`, gradients] as const]]
}

function compute (computation: () => tf.Tensor): Computed {
  const { result, time } = timed(() => tf.tidy(() => computation().dataSync()))
  return { values: Float32Array.from(result), time }
}

async function computeOn (backend: string, computations: readonly Computation[]): Promise<Array<Computed | Error>> {
  await tf.setBackend(backend)
  return computations.map(([, computation]) => {
    try {
      return compute(computation)
    } catch (error) {
      return error as Error
    }
  })
}

async function checkNumbers (): Promise<void> {
  const computations = CASES.flatMap(computationsOf)
  const results = await computeOn('tensorflow', computations)
  // Else it advertises the native backend at its first use.
  Object.assign(tf.findBackend('cpu'), { firstUse: false })
  const references = await computeOn('cpu', computations)
  await tf.setBackend('tensorflow')
  computations.forEach(([name], i) => { compare(name, results[i] as Computed | Error, references[i] as Computed | Error) })
}

function compare (name: string, got: Computed | Error, wanted: Computed | Error): void {
  if (got instanceof Error) { tell(false, `${name}: ${got.message}`); return }
  if (wanted instanceof Error) { tell(false, `${name}: JavaScript cannot compute it: ${wanted.message}`); return }
  const error = largestError(got.values, wanted.values)
  tell(error <= TOLERANCE, `${name}: largest error ${error.toExponential(1)} of ${TOLERANCE.toExponential(0)} allowed; ${ms(got.time)}`)
}

/** 1 + 2⁻¹² is a float32, and 1 in the shorter TF32 that some GPUs multiply in. */
const FINE = 1 + 2 ** -12

function checkPrecision (): void {
  const products: ReadonlyArray<readonly [string, number, () => tf.Tensor]> = [
    ['matMul', 256, () => tf.matMul(tf.fill([256, 256], FINE), tf.ones([256, 256]))],
    ['conv2d', 576, () => tf.conv2d(tf.fill([4, 16, 16, 64], FINE) as tf.Tensor4D, tf.ones([3, 3, 64, 64]), 1, 'valid')]
  ]
  for (const [name, terms, computation] of products) {
    const [value = NaN] = compute(computation).values
    const exact = Math.abs(value - terms * FINE) < terms * 2 ** -16
    tell(exact, `${name} multiplies float32 values as they are${exact ? '' : ': it rounds them (TF32); NVIDIA_TF32_OVERRIDE=0 forbids it'}`)
  }
}

const SIZE = 1000
const ROUNDS = 10

function checkSpeed (): void {
  const product = (): number => tf.tidy(() => tf.matMul(tf.ones([SIZE, SIZE]), tf.ones([SIZE, SIZE])).dataSync()[SIZE + 1] ?? NaN)
  const first = timed(product)
  const warm = Array.from({ length: ROUNDS }, () => timed(product).time).toSorted((a, b) => a - b)[ROUNDS / 2] ?? NaN
  const speed = `first call ${ms(first.time)}, then ${ms(warm)} (${(2 * SIZE ** 3 / warm / 1e6).toFixed(0)} GFLOP/s)`
  tell(first.result === SIZE, `matMul ${SIZE}×${SIZE}: ${speed}`)
}

/** A step of training leaves nothing behind, neither in TensorFlow.js nor in TensorFlow. */
function checkMemory (): void {
  const step = (): void => {
    tf.tidy(() => {
      const loss = (x: tf.Tensor, w: tf.Tensor): tf.Scalar => tf.mean(tf.square(tf.relu(tf.matMul(x, w))))
      for (const gradient of tf.grads(loss)([inputOf([8, 16], 1), inputOf([16, 4], 2)])) gradient.dataSync()
    })
  }
  const counts = (): string => `${tf.memory().numTensors} and ${native().getNumOfTFTensors()}`
  step()
  const before = counts()
  for (let i = 0; i < 200; i++) step()
  tell(counts() === before, `tensors in TensorFlow.js and in TensorFlow: ${before} before 200 steps of training, ${counts()} after`)
}

const report = await choose()
if (report !== undefined) {
  checkDevice(report)
  checkSpeed()
  await checkNumbers()
  checkPrecision()
  checkMemory()
}
