/** The value of `["constant", name, {…}]`: drawn, or written out. */
import { DTYPES, formatShape, hostTensor, isDType, MAX_RANK, sizeOf, type DType, type HostTensor, type Shape } from '../../tensor.ts'
import { castTensor } from '../cast.ts'
import { isObject, own, show } from '../json.ts'
import { session } from '../session.ts'

type Members = Readonly<Record<string, unknown>>

/** A constant that can be made: its shape and dtype are known before. */
export interface ConstantPlan { readonly shape: Shape, readonly dtype: DType, make (): HostTensor }

const SPECIAL: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
const INTEGERS: Partial<Record<DType, readonly [number, number]>> = {
  bool: [0, 1],
  uint8: [0, 255],
  int8: [-128, 127],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
}
interface Draw {
  readonly defaults: Readonly<Record<string, number>>
  draw (a: number, b: number, shape: Shape, dtype: DType): HostTensor
}

const DRAWS: Readonly<Record<string, Draw>> = {
  uniform: { defaults: { low: 0, high: 1 }, draw: (low, high, shape, dtype) => session().random.uniform(low, high, shape, dtype) },
  normal: { defaults: { loc: 0, scale: 1 }, draw: (loc, scale, shape, dtype) => session().random.normal(loc, scale, shape, dtype) }
}

/** The plan of a constant, or a sentence about what is wrong with it. */
export function planConstant (given: unknown): ConstantPlan | string {
  if (!isObject(given)) return `Expected {"random",…}, {"values"} or {"tensor"}; received ${show(given)}.`
  if (Object.hasOwn(given, 'random')) return planDraw(given)
  if (Object.hasOwn(given, 'values')) return alone(given, 'values') ?? planValues(given.values, undefined, 'float32')
  if (Object.hasOwn(given, 'tensor')) return alone(given, 'tensor') ?? planTensor(given.tensor)
  return `Expected a member 'random', 'values' or 'tensor'; received ${show(Object.keys(given))}.`
}

function planDraw ({ random, ...beside }: Members): ConstantPlan | string {
  const row = typeof random === 'string' && Object.hasOwn(DRAWS, random) ? DRAWS[random] : undefined
  if (row === undefined) return `'random' must be one of ${Object.keys(DRAWS).join(', ')}; received ${show(random)}.`
  const args = isObject(beside.args) ? beside.args : beside
  const [first, second] = Object.keys(row.defaults) as [string, string]
  const unknown = Object.keys(args).filter(name => ![first, second, 'size', 'dtype'].includes(name))
  if (unknown.length > 0) return `'${String(random)}' has no argument ${unknown.join(', ')}. Its arguments are: ${first}, ${second}, size, dtype.`
  const [a, b] = [first, second].map(name => own(args, name) ?? row.defaults[name]) as [unknown, unknown]
  if (typeof a !== 'number' || typeof b !== 'number') return `'${first}' and '${second}' must be numbers; received ${show(a)} and ${show(b)}.`
  const shape = toShape(own(args, 'size') ?? [])
  if (shape === undefined) return `'size' must be a list of at most ${MAX_RANK} positive integers; received ${show(own(args, 'size'))}.`
  const dtype = own(args, 'dtype') ?? 'float32'
  if (dtype !== 'float32' && dtype !== 'float64') return `'dtype' must be float32 or float64; received ${show(dtype)}.`
  return { shape, dtype, make: () => row.draw(a, b, shape, dtype) }
}

function planTensor (tensor: unknown): ConstantPlan | string {
  if (!isObject(tensor)) return `'tensor' must be {"shape","dtype","data"}; received ${show(tensor)}.`
  const unknown = Object.keys(tensor).filter(name => !['shape', 'dtype', 'data'].includes(name))
  if (unknown.length > 0) return `A tensor has no member ${unknown.join(', ')}. Its members are: shape, dtype, data.`
  const dtype = own(tensor, 'dtype') ?? 'float32'
  if (!isDType(dtype)) return `'dtype' must be one of ${Object.keys(DTYPES).join(', ')}; received ${show(dtype)}.`
  const shape = toShape(own(tensor, 'shape'), 0)
  if (shape === undefined) return `'shape' must be a list of at most ${MAX_RANK} integers; received ${show(own(tensor, 'shape'))}.`
  return planValues(own(tensor, 'data'), shape, dtype)
}

function planValues (data: unknown, wanted: Shape | undefined, dtype: DType): ConstantPlan | string {
  const nested = nestedShape(data)
  const shape = wanted ?? nested
  if (shape.length > MAX_RANK) return `The values have rank ${shape.length}, the most is ${MAX_RANK}.`
  const flat: unknown[] = Array.isArray(data) ? data.flat(Infinity) : [data]
  const fits = flat.length === sizeOf(shape) && (nested.length === 1 || isRegular(data, shape))
  if (!fits) return `The values must fill the shape ${formatShape(shape)} in rows of equal length; received ${flat.length} values.`
  const bad = flat.find(value => !isValue(value, dtype))
  if (bad !== undefined || flat.includes(undefined)) return `${show(bad)} is not a value of dtype ${dtype}.`
  return { shape, dtype, make: () => castTensor(hostTensor('float64', shape, Float64Array.from(flat, toNumber)), dtype) }
}

function isValue (value: unknown, dtype: DType): boolean {
  const range = INTEGERS[dtype]
  if (dtype === 'bool' && typeof value === 'boolean') return true
  if (range !== undefined) return Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1]
  return typeof value === 'number' || (typeof value === 'string' && Object.hasOwn(SPECIAL, value))
}

const toNumber = (value: unknown): number => typeof value === 'string' ? SPECIAL[value] as number : Number(value)

function toShape (size: unknown, least = 1): Shape | undefined {
  const dims: unknown[] = Array.isArray(size) ? size : [size]
  return dims.length <= MAX_RANK && dims.every(dim => Number.isInteger(dim) && (dim as number) >= least) ? dims as number[] : undefined
}

function nestedShape (value: unknown): number[] {
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = (level as unknown[])[0]) shape.push(level.length)
  return shape
}

function isRegular (value: unknown, [length, ...rest]: Shape): boolean {
  if (length === undefined) return !Array.isArray(value)
  return Array.isArray(value) && value.length === length && value.every(item => isRegular(item, rest))
}

function alone (given: Members, member: string): string | undefined {
  const beside = Object.keys(given).filter(name => name !== member)
  return beside.length === 0 ? undefined : `'${member}' stands alone; received ${beside.map(name => `'${name}'`).join(', ')} beside it.`
}
