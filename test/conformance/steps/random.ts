import type { ChoiceOptions, RandomStream } from '../../../src/nn/random/stream.ts'
import { hostTensor, type DType, type HostTensor, type Shape } from '../../../src/tensor.ts'
import type { Context } from '../context.ts'
import { NotBuilt, type Received } from '../received.ts'
import type { StepTable } from './step.ts'

interface Args {
  readonly size?: number | Shape
  readonly shape?: Shape
  readonly dtype?: DType
  readonly low?: number
  readonly high?: number
  readonly loc?: number
  readonly scale?: number
  readonly mean?: number
  readonly sigma?: number
  readonly a?: number
  readonly n?: number
  readonly p?: readonly number[]
  readonly replace?: boolean
}

type Draw = (random: RandomStream, args: Args, shape: Shape) => HostTensor

/** Draws without a logarithm of the C library in them, or with one that the stream repeats: bit for bit. */
const EXACT: Readonly<Record<string, Draw>> = {
  uniform: (random, { low, high, dtype }, shape) => random.uniform(low, high, shape, dtype),
  rand: (random, _args, shape) => random.uniform(0, 1, shape),
  normal: (random, { loc, scale, dtype }, shape) => random.normal(loc, scale, shape, dtype),
  randn: (random, _args, shape) => random.normal(0, 1, shape),
  randint: (random, { low = 0, high = null, dtype }, shape) => random.randint(low, high, shape, dtype),
  shuffle: (random, { n = 0 }) => random.shuffle(hostTensor('float32', [n], Float32Array.from({ length: n }, (_, i) => i))),
  choice: (random, { a = 0, ...options }) => random.choice(a, options as ChoiceOptions),
  'nd.uniform': (random, { low, high, dtype }, shape) => random.ndUniform(low, high, shape, dtype),
  'nd.normal': (random, { loc, scale, dtype }, shape) => random.ndNormal(loc, scale, shape, dtype),
  'nd.randint': (random, { low = 0, high = null, dtype = 'int32' }, shape) => random.randint(low, high, shape, dtype)
}

const TRANSFORMED: Readonly<Record<string, Draw>> = {
  exponential: (random, { scale }, shape) => random.exponential(scale, shape),
  logistic: (random, { loc, scale }, shape) => random.logistic(loc, scale, shape),
  gumbel: (random, { loc, scale }, shape) => random.gumbel(loc, scale, shape),
  rayleigh: (random, { scale }, shape) => random.rayleigh(scale, shape),
  weibull: (random, { a = 1 }, shape) => random.weibull(a, shape),
  pareto: (random, { a = 1 }, shape) => random.pareto(a, shape),
  lognormal: (random, { mean, sigma }, shape) => random.lognormal(mean, sigma, shape),
  'nd.exponential': (random, { scale }, shape) => random.ndExponential(scale, shape)
}

function random (context: Context, { fn, args = {}, out }: { fn: string, args?: Args, out: string }): Received {
  const draw = EXACT[fn] ?? TRANSFORMED[fn]
  if (draw === undefined) throw new NotBuilt(`random.${fn}`)
  const tensor = draw(context.session.random, args, shapeOf(args))
  context.set(out, tensor)
  return { tensor: context.measured(tensor, fn in EXACT ? 'exact' : context.computed) }
}

function seed (context: Context, { value, ctx }: { value: number, ctx?: string }): Received {
  context.session.random.seed(value, { ctx: ctx !== undefined })
  return {}
}

function npMode (context: Context, { value }: { value: boolean }): Received {
  context.mode = value ? 'np' : 'nd'
  context.session.random.mode = context.mode
  return {}
}

function shapeOf ({ size, shape = [] }: Args): Shape {
  if (size === undefined) return shape
  return typeof size === 'number' ? [size] : size
}

export const RANDOM: StepTable = { random, seed, np_mode: npMode }
