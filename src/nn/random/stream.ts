import { problem } from '../../errors.ts'
import { bytesOf, DTYPES, formatShape, hostTensor, sizeOf, tensorFromBytes, type DType, type HostTensor, type Shape } from '../../tensor.ts'
import { castTensor } from '../cast.ts'
import * as distributions from './distributions.ts'
import { fillNormal, fillUniform, unitOf } from './floats.ts'
import { MersenneTwister } from './mersenne-twister.ts'
import { ParallelStream } from './parallel-stream.ts'
import { chooseDistinct, chooseRepeating, shuffledIndices } from './permutation.ts'
import { decodeStream, encodeStream, type RandomMode } from './saved-state.ts'

export type { RandomMode } from './saved-state.ts'

export interface ChoiceOptions {
  /** Shape of the result; a scalar when left out. */
  readonly size?: number | Shape
  /** Whether the same element may be chosen again. Default true. */
  readonly replace?: boolean
  /** The probability of each element; equal when left out. */
  readonly p?: readonly number[]
}

/**
 * MXNet's random numbers on the CPU, bit for bit. A stream made with seed s draws what MXNet draws after
 * `mx.random.seed(s)`; seed 0 is also its state without any seed call.
 *
 * It holds MXNet's two generators: one Mersenne Twister that NumPy-mode draws and initializers advance, and the parallel
 * one, which randint, dropout, Orthogonal and the classic arrays advance.
 */
export class RandomStream {
  /** `nd` makes uniform and normal, and with them the initializers, draw from the parallel generator, as without NumPy mode. */
  mode: RandomMode = 'np'
  #np!: MersenneTwister
  #parallel!: ParallelStream

  constructor (seed = 0) {
    this.seed(seed)
  }

  /** Goes on exactly where the stream whose `save()` gave `bytes` stood. Throws `invalid_file`. */
  static restore (bytes: Uint8Array): RandomStream {
    const state = decodeStream(bytes)
    const stream = new RandomStream()
    stream.mode = state.mode
    stream.#np = MersenneTwister.from(state.np)
    stream.#parallel = new ParallelStream(state.parallelSeed, state.parallel)
    return stream
  }

  /** Everything needed to go on: 2.5 kB, and 12 bytes for each of the parallel engines used so far (up to 1024). */
  save (): Uint8Array<ArrayBuffer> {
    return encodeStream({ mode: this.mode, np: this.#np.save(), parallelSeed: this.#parallel.seed, parallel: this.#parallel.save() })
  }

  /** Differs whenever the stream moved, was seeded or changed its mode; to tell whether it must be saved again. */
  get signature (): string {
    return `${this.mode} ${this.#parallel.seed} ${this.#np.position} ${this.#parallel.drawn}`
  }

  /** Starts both generators afresh: `mx.random.seed(value)`, or with `ctx` `mx.random.seed(value, ctx=cpu)`. Throws `random_option`. */
  seed (value: number, options: { readonly ctx?: boolean } = {}): void {
    if (!Number.isSafeInteger(value)) throw invalid('seed', `the seed must be an integer, received ${value}`)
    const base = Number(BigInt.asUintN(32, BigInt(value) * (options.ctx === true ? 1n : 127n)))
    this.#np = new MersenneTwister(base)
    this.#parallel = new ParallelStream(base)
  }

  /** Values of U[low, high): float32 draws, widened or rounded when another floating dtype is asked for. */
  uniform (low = 0, high = 1, shape: Shape = [], dtype: DType = 'float32'): HostTensor {
    return floats('uniform', shape, dtype, out => this.fillUniform(out, low, high))
  }

  /** Values of N(loc, scale²): float32 draws, widened or rounded when another floating dtype is asked for. */
  normal (loc = 0, scale = 1, shape: Shape = [], dtype: DType = 'float32'): HostTensor {
    return floats('normal', shape, dtype, out => this.fillNormal(out, loc, scale))
  }

  /** Fills an array in place from U[low, high); draws are float32. */
  fillUniform (out: Float32Array | Float64Array, low = 0, high = 1): void {
    if (out instanceof Float64Array) { out.set(this.uniform(low, high, [out.length]).data as Float32Array); return }
    if (this.mode === 'nd') this.#parallel.fillUniform(out, low, high)
    else fillUniform(this.#np, out, 0, out.length, low, high)
  }

  /** Fills an array in place from N(loc, scale²); draws are float32. */
  fillNormal (out: Float32Array | Float64Array, loc = 0, scale = 1): void {
    if (out instanceof Float64Array) { out.set(this.normal(loc, scale, [out.length]).data as Float32Array); return }
    checkScale('normal', scale)
    if (this.mode === 'nd') this.#parallel.fillNormal(out, loc, scale)
    else fillNormal(this.#np, out, 0, out.length, loc, scale)
  }

  /** `mx.nd.random.uniform`: as `uniform`, from the parallel generator whatever the mode. */
  ndUniform (low = 0, high = 1, shape: Shape = [], dtype: DType = 'float32'): HostTensor {
    return floats('nd.uniform', shape, dtype, out => this.#parallel.fillUniform(out, low, high))
  }

  /** `mx.nd.random.normal`: as `normal`, from the parallel generator whatever the mode. */
  ndNormal (loc = 0, scale = 1, shape: Shape = [], dtype: DType = 'float32'): HostTensor {
    checkScale('nd.normal', scale)
    return floats('nd.normal', shape, dtype, out => this.#parallel.fillNormal(out, loc, scale))
  }

  /** `mx.nd.random.exponential`, from the parallel generator whatever the mode. */
  ndExponential (scale = 1, shape: Shape = []): HostTensor {
    checkPositive('nd.exponential', scale)
    const out = this.ndUniform(0, 1, shape)
    return hostTensor('float32', shape, Float32Array.from(out.data as Float32Array, u => distributions.ndExponential(u, scale)))
  }

  /** Integers of [low, high), or of [0, low) when high is null; dtype int64 or int32. Parallel generator. */
  randint (low: number, high: number | null = null, shape: Shape = [], dtype: DType = 'int64'): HostTensor {
    const [from, to] = high === null ? [0, low] : [low, high]
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from >= to) throw invalid('randint', `low must be an integer below high, received ${from} and ${to}`)
    if (dtype !== 'int64' && dtype !== 'int32') throw invalid('randint', `the dtype must be int64 or int32, received ${dtype}`)
    const out = new BigInt64Array(sizeOf(shape))
    this.#parallel.fillIntegers(out, BigInt(to) - BigInt(from))
    const base = BigInt(from)
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as bigint) + base
    return castTensor(hostTensor('int64', shape, out), dtype)
  }

  /** The rows (elements along axis 0) of a tensor in a random order, as a new tensor. */
  shuffle (tensor: HostTensor): HostTensor {
    const [rows] = tensor.shape
    if (rows === undefined) throw invalid('shuffle', 'a scalar has no rows to shuffle')
    return takeRows(tensor, shuffledIndices(this.#np, rows), tensor.shape)
  }

  /** Random elements of a vector, or of 0 … a−1 as int64. Throws `random_option`. */
  choice (a: number | HostTensor, options: ChoiceOptions = {}): HostTensor {
    const n = typeof a === 'number' ? a : sizeOf(a.shape)
    const shape = typeof options.size === 'number' ? [options.size] : options.size ?? []
    checkChoice(a, n, sizeOf(shape), options)
    const chosen = this.#choose(n, sizeOf(shape), options)
    if (typeof a !== 'number') return takeRows(a, chosen, shape)
    return hostTensor('int64', shape, BigInt64Array.from(chosen, BigInt))
  }

  /** The factors of a Dropout in training: 0 with probability `rate`, else 1 / (1 − rate). Parallel generator. */
  dropoutMask (rate: number, shape: Shape): HostTensor {
    if (!(rate >= 0 && rate <= 1)) throw invalid('dropout', `the rate must be from 0 to 1, received ${rate}`)
    const keep = Math.fround(1 - rate)
    const factor = Math.fround(1 / keep)
    const mask = new Float32Array(sizeOf(shape))
    this.#parallel.fillUniform(mask, 0, 1)
    for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] as number) < keep ? factor : 0
    return hostTensor('float32', shape, mask)
  }

  exponential (scale = 1, shape: Shape = []): HostTensor {
    checkScale('exponential', scale)
    return this.#transformed(shape, u => distributions.exponential(u, scale))
  }

  logistic (loc = 0, scale = 1, shape: Shape = []): HostTensor {
    checkScale('logistic', scale)
    return this.#transformed(shape, u => distributions.logistic(u, loc, scale))
  }

  gumbel (loc = 0, scale = 1, shape: Shape = []): HostTensor {
    checkScale('gumbel', scale)
    return this.#transformed(shape, u => distributions.gumbel(u, loc, scale))
  }

  rayleigh (scale = 1, shape: Shape = []): HostTensor {
    checkScale('rayleigh', scale)
    return this.#transformed(shape, u => distributions.rayleigh(u, scale))
  }

  weibull (a: number, shape: Shape = []): HostTensor {
    checkPositive('weibull', a)
    return this.#transformed(shape, u => distributions.weibull(u, a))
  }

  pareto (a: number, shape: Shape = []): HostTensor {
    checkPositive('pareto', a)
    return this.#transformed(shape, u => distributions.pareto(u, a))
  }

  /** Values whose logarithm is N(mean, sigma²). */
  lognormal (mean = 0, sigma = 1, shape: Shape = []): HostTensor {
    const normals = this.normal(mean, sigma, shape)
    return hostTensor('float32', shape, Float32Array.from(normals.data as Float32Array, Math.exp))
  }

  #choose (n: number, count: number, { replace = true, p }: ChoiceOptions): Uint32Array {
    if (p !== undefined) return this.#chooseWeighted(p, count)
    return replace ? chooseRepeating(this.#np, n, count) : chooseDistinct(this.#np, n, count)
  }

  #chooseWeighted (p: readonly number[], count: number): Uint32Array {
    const bounds = runningSums(p)
    return new Uint32Array(count).map(() => {
      const u = unitOf(this.#np.next())
      const found = bounds.findIndex(bound => bound >= u)
      return found === -1 ? p.length - 1 : found
    })
  }

  #transformed (shape: Shape, transform: (u: number) => number): HostTensor {
    const out = new Float32Array(sizeOf(shape))
    for (let i = 0; i < out.length; i++) out[i] = transform(unitOf(this.#np.next()))
    return hostTensor('float32', shape, out)
  }
}

function floats (name: string, shape: Shape, dtype: DType, fill: (out: Float32Array) => void): HostTensor {
  if (!dtype.startsWith('float')) throw invalid(name, `the dtype must be float16, float32 or float64, received ${dtype}`)
  const out = new Float32Array(sizeOf(shape))
  fill(out)
  return castTensor(hostTensor('float32', shape, out), dtype)
}

function takeRows (tensor: HostTensor, order: Uint32Array, shape: Shape): HostTensor {
  const source = bytesOf(tensor)
  const width = sizeOf(tensor.shape.slice(1)) * DTYPES[tensor.dtype].bytes
  const taken = new Uint8Array(order.length * width)
  order.forEach((row, i) => taken.set(source.subarray(row * width, (row + 1) * width), i * width))
  return tensorFromBytes(tensor.dtype, shape, taken)
}

function runningSums (p: readonly number[]): Float32Array {
  let sum = 0
  return Float32Array.from(p, value => { sum = Math.fround(sum + Math.fround(value)); return sum })
}

function checkChoice (a: number | HostTensor, n: number, count: number, { replace = true, p }: ChoiceOptions): void {
  if (typeof a !== 'number' && a.shape.length !== 1) throw invalid('choice', `the elements must be a vector, received shape ${formatShape(a.shape)}`)
  if (!Number.isInteger(n) || n < 1) throw invalid('choice', `there must be at least one element to choose from, received ${n}`)
  if (!replace && count > n) throw invalid('choice', `${count} different elements cannot be chosen from ${n}`)
  if (p === undefined) return
  if (!replace) throw invalid('choice', 'p works with replace: true only')
  if (p.length !== n) throw invalid('choice', `p must have ${n} probabilities, received ${p.length}`)
  if (!p.every(value => value >= 0)) throw invalid('choice', 'probabilities must not be negative')
}

function checkScale (name: string, scale: number): void {
  if (!(scale >= 0)) throw invalid(name, `the scale must not be negative, received ${scale}`)
}

function checkPositive (name: string, a: number): void {
  if (!(a > 0)) throw invalid(name, `the parameter must be positive, received ${a}`)
}

const invalid = (name: string, detail: string) => problem('random_option', { function: name, detail })
