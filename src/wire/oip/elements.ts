/** JSON values as elements of a datatype of the Open Inference Protocol. Nothing is coerced. */
import type { Datatype } from '../../operations/datatypes.ts'
import { between, BOOLEAN, fillBool, fillFloat32, fillFloat64, fillIntegers, FLOAT32, NUMBER } from '../elements.ts'
import type { ElementKind } from '../elements.ts'

type Values = ArrayBufferView<ArrayBuffer>
type Kinds = Readonly<Partial<Record<Datatype, ElementKind<Values>>>>

const SAFE = Number.MAX_SAFE_INTEGER

type Numeric = Values & { [index: number]: number }

function kind (name: Datatype, Elements: new (size: number) => Numeric, expected: string, fill: ElementKind<Numeric>['fill']): ElementKind<Values> {
  return { name, expected, allocate: size => new Elements(size), fill: fill as unknown as ElementKind<Values>['fill'] }
}

const whole = (name: Datatype, Elements: new (size: number) => Numeric, low: number, high: number): ElementKind<Values> =>
  kind(name, Elements, between(low, high), fillIntegers(low, high))

type Wide = BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>

/** Beyond 2^53 a JSON number may have lost digits on its way, so these go in binary. */
function wide (name: Datatype, Elements: new (size: number) => Wide, low: number): ElementKind<Values> {
  const fill = (row: ArrayLike<unknown>, target: Values, offset: number): number => {
    const elements = target as BigInt64Array
    for (let i = 0; i < row.length; i++) {
      const value = row[i]
      if (!Number.isSafeInteger(value) || (value as number) < low) return i
      elements[offset + i] = BigInt(value as number)
    }
    return -1
  }
  return { name, expected: `${between(low, SAFE)}; larger ones as binary data`, allocate: size => new Elements(size), fill }
}

/** What JSON can say; the other datatypes are for binary data only. */
export const JSON_ELEMENTS: Kinds = {
  BOOL: kind('BOOL', Uint8Array, BOOLEAN, fillBool),
  UINT8: whole('UINT8', Uint8Array, 0, 255),
  UINT16: whole('UINT16', Uint16Array, 0, 65535),
  UINT32: whole('UINT32', Uint32Array, 0, 2 ** 32 - 1),
  UINT64: wide('UINT64', BigUint64Array, 0),
  INT8: whole('INT8', Int8Array, -128, 127),
  INT16: whole('INT16', Int16Array, -32768, 32767),
  INT32: whole('INT32', Int32Array, -(2 ** 31), 2 ** 31 - 1),
  INT64: wide('INT64', BigInt64Array, -SAFE),
  FP32: kind('FP32', Float32Array, FLOAT32, fillFloat32),
  FP64: kind('FP64', Float64Array, NUMBER, fillFloat64)
}
