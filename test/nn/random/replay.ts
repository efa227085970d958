import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { castTensor } from '../../../src/nn/cast.ts'
import { createInitializer, type InitializerSpec } from '../../../src/nn/initializers/index.ts'
import { RandomStream } from '../../../src/nn/random/stream.ts'
import { bytesOf, hostTensor, zeros, type DType, type HostTensor, type Shape } from '../../../src/tensor.ts'

/** The part of the reference data's language that seeds, draws and initializes; everything else is left to the conformance runner. */

interface Printed { readonly shape: number[], readonly dtype: DType, readonly values?: Array<number | string>, readonly sha256?: string }
interface Args {
  readonly [name: string]: unknown
  readonly low: number
  readonly high: number
  readonly loc: number
  readonly scale: number
  readonly mean: number
  readonly sigma: number
  readonly a: number
  readonly n: number
  readonly replace?: boolean
  readonly p?: number[]
  readonly dtype: DType
  readonly size?: Shape
  readonly shape?: Shape
}
interface Step {
  readonly op: string
  readonly value?: number
  readonly ctx?: string
  readonly fn?: string
  readonly args?: Args
  readonly shape?: number[]
  readonly init?: string | { readonly init: string, readonly args: object }
  readonly spec?: string
  readonly expect?: { readonly tensor?: Printed, readonly dumps?: string, readonly text?: string }
}
export interface Case { readonly id: string, readonly mode?: 'np' | 'nd', readonly program: readonly Step[] }

export interface Drawn {
  readonly what: string
  readonly got: HostTensor
  readonly expected: Printed
  readonly dumps?: string
  readonly expectedDumps?: string
}

const folder = new URL('../../../../test/fixtures/gluon/', import.meta.url)
const SILENT = new Set(['seed', 'random', 'init_apply', 'init_create', 'tensor', 'text', 'save', 'load', 'expr', 'attach_grad'])

export const FILES = ['errors', 'files', 'files_nd', 'initializers', 'layers', 'losses', 'models', 'optimizers', 'zoo'] as const

/** The cases of a file of reference data. */
export function cases (file: string): Case[] {
  const { mode, cases: found } = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as { mode: 'np' | 'nd', cases: Case[] }
  return found.map(each => ({ mode, ...each }))
}

/** Every draw of a case that nothing but seeds and other draws precedes. */
export function replay ({ program, mode }: Case): Drawn[] {
  const random = new RandomStream(0)
  random.mode = mode ?? 'np'
  const drawn: Drawn[] = []
  let known = true
  for (const step of program) {
    if (step.op === 'seed') { random.seed(step.value ?? 0, { ctx: step.ctx !== undefined }); known = true }
    if (!SILENT.has(step.op)) known = false
    if (known && step.expect?.tensor !== undefined) drawn.push(...drawStep(random, step, step.expect.tensor))
  }
  return drawn
}

function drawStep (random: RandomStream, step: Step, expected: Printed): Drawn[] {
  if (step.op === 'random') {
    const got = draw(random, step.fn ?? '', step.args as Args)
    return [{ what: `${step.fn} ${JSON.stringify(step.args)}`, got, expected }]
  }
  if (step.op !== 'init_apply') return []
  const initializer = createInitializer(specOf(step.init ?? ''))
  const got = zeros('float32', step.shape ?? [])
  initializer.init_weight('p_weight', { shape: got.shape, dtype: got.dtype, data: got.data as Float32Array }, random)
  const texts = step.expect?.dumps === undefined ? {} : { dumps: initializer.dumps(), expectedDumps: step.expect.dumps }
  return [{ what: `${JSON.stringify(step.init)} ${JSON.stringify(step.shape)}`, got, expected, ...texts }]
}

function specOf (init: string | { readonly init: string, readonly args: object }): InitializerSpec {
  return typeof init === 'string' ? init : { type: init.init, ...init.args }
}

const DRAWS: Readonly<Record<string, (random: RandomStream, args: Args, shape: Shape) => HostTensor>> = {
  uniform: (random, { low, high, dtype }, shape) => random.uniform(low, high, shape, dtype),
  normal: (random, { loc, scale, dtype }, shape) => random.normal(loc, scale, shape, dtype),
  rand: (random, _, shape) => random.uniform(0, 1, shape),
  randn: (random, _, shape) => random.normal(0, 1, shape),
  randint: (random, { low, high, dtype }, shape) => random.randint(low, high, shape, dtype),
  shuffle: (random, { n }) => random.shuffle(hostTensor('float32', [n], new Float32Array(n).map((_, i) => i))),
  choice: (random, { a, replace, p }, size) => random.choice(a, { size, replace: replace ?? true, ...(p === undefined ? {} : { p }) }),
  exponential: (random, { scale }, shape) => random.exponential(scale, shape),
  logistic: (random, { loc, scale }, shape) => random.logistic(loc, scale, shape),
  gumbel: (random, { loc, scale }, shape) => random.gumbel(loc, scale, shape),
  rayleigh: (random, { scale }, shape) => random.rayleigh(scale, shape),
  weibull: (random, { a }, shape) => random.weibull(a, shape),
  pareto: (random, { a }, shape) => random.pareto(a, shape),
  lognormal: (random, { mean, sigma }, shape) => random.lognormal(mean, sigma, shape),
  'nd.uniform': (random, { low, high }, shape) => random.ndUniform(low, high, shape),
  'nd.normal': (random, { loc, scale }, shape) => random.ndNormal(loc, scale, shape),
  'nd.exponential': (random, { scale }, shape) => random.ndExponential(scale, shape),
  'nd.randint': (random, { low, high }, shape) => random.randint(low, high, shape, 'int32')
}

function draw (random: RandomStream, name: string, args: Args): HostTensor {
  const shape = args.size ?? args.shape ?? []
  const found = DRAWS[name]
  if (found === undefined) throw new Error(`no draw ${name}`)
  return found(random, args, shape)
}

/** The bytes of a printed tensor, or their sha256. */
export function expectation ({ shape, dtype, values }: Printed): HostTensor | undefined {
  if (values === undefined) return undefined
  if (dtype === 'int64') return hostTensor(dtype, shape, BigInt64Array.from(values, BigInt))
  return castTensor(hostTensor('float64', shape, Float64Array.from(values, Number)), dtype)
}

export const sha256 = (tensor: HostTensor): string => createHash('sha256').update(bytesOf(tensor)).digest('hex')
