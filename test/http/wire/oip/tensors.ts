/** Inference requests made by hand, byte by byte, as the specification has them: nothing of the product is used. */
import fc from 'fast-check'

export type Element = number | bigint | boolean

interface Datatype {
  readonly bytes: number
  readonly put: (view: DataView, at: number, element: never) => void
  readonly element: fc.Arbitrary<Element>
  /** What JSON may carry; without it the datatype goes in binary. */
  readonly json?: fc.Arbitrary<Element>
}

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const long = (min: bigint, max: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min, max })
const plain = (element: fc.Arbitrary<Element>): Pick<Datatype, 'element' | 'json'> => ({ element, json: element })

export const DATATYPES: Readonly<Record<string, Datatype>> = {
  BOOL: { bytes: 1, put: (view, at, element) => { view.setUint8(at, Number(element)) }, ...plain(fc.boolean()) },
  UINT8: { bytes: 1, put: (view, at, element) => { view.setUint8(at, element) }, ...plain(whole(0, 255)) },
  UINT16: { bytes: 2, put: (view, at, element) => { view.setUint16(at, element, true) }, ...plain(whole(0, 65_535)) },
  UINT32: { bytes: 4, put: (view, at, element) => { view.setUint32(at, element, true) }, ...plain(whole(0, 2 ** 32 - 1)) },
  UINT64: {
    bytes: 8,
    put: (view, at, element) => { view.setBigUint64(at, BigInt(element), true) },
    element: long(0n, 2n ** 64n - 1n),
    json: fc.maxSafeNat()
  },
  INT8: { bytes: 1, put: (view, at, element) => { view.setInt8(at, element) }, ...plain(whole(-128, 127)) },
  INT16: { bytes: 2, put: (view, at, element) => { view.setInt16(at, element, true) }, ...plain(whole(-32_768, 32_767)) },
  INT32: { bytes: 4, put: (view, at, element) => { view.setInt32(at, element, true) }, ...plain(whole(-(2 ** 31), 2 ** 31 - 1)) },
  INT64: {
    bytes: 8,
    put: (view, at, element) => { view.setBigInt64(at, BigInt(element), true) },
    element: long(-(2n ** 63n), 2n ** 63n - 1n),
    json: fc.maxSafeInteger()
  },
  FP16: { bytes: 2, put: (view, at, element) => { view.setUint16(at, element, true) }, element: whole(0, 65_535) },
  BF16: { bytes: 2, put: (view, at, element) => { view.setUint16(at, element, true) }, element: whole(0, 65_535) },
  FP32: { bytes: 4, put: (view, at, element) => { view.setFloat32(at, element, true) }, ...plain(fc.float()) },
  FP64: { bytes: 8, put: (view, at, element) => { view.setFloat64(at, element, true) }, ...plain(fc.double()) }
}

export interface SampleTensor {
  readonly datatype: string
  readonly shape: readonly number[]
  readonly elements: readonly Element[]
  readonly form: 'flat' | 'nested' | 'binary'
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })

const described = fc.tuple(fc.constantFrom(...Object.keys(DATATYPES)), shapes, fc.constantFrom('flat' as const, 'nested' as const, 'binary' as const))

export const sampleTensor: fc.Arbitrary<SampleTensor> = described.chain(([datatype, shape, wanted]) => {
  const { element, json } = DATATYPES[datatype] as Datatype
  const form = json === undefined ? 'binary' : wanted
  const size = sizeOf(shape)
  const elements = fc.array(form === 'binary' ? element : json ?? element, { minLength: size, maxLength: size })
  return elements.map(elements => ({ datatype, shape, elements, form }))
})

/** The elements as raw bytes. */
export function rawBytes ({ datatype, elements }: SampleTensor): Buffer<ArrayBuffer> {
  const { bytes, put } = DATATYPES[datatype] as Datatype
  const buffer = Buffer.alloc(elements.length * bytes)
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  elements.forEach((element, i) => { put(view, i * bytes, element as never) })
  return buffer
}

const jsonElement = (element: Element): string => {
  if (typeof element !== 'number') return String(element)
  if (!Number.isFinite(element)) return `"${element}"`
  return Object.is(element, -0) ? '-0.0' : JSON.stringify(element)
}

/** The elements as JSON, flat or nested by shape. */
export function jsonData ({ shape, elements, form }: SampleTensor): string {
  const nest = (dims: readonly number[], items: readonly Element[]): string => {
    const [first, ...rest] = dims
    if (first === undefined) return jsonElement(items[0] as Element)
    const width = sizeOf(rest)
    return `[${Array.from({ length: first }, (_, i) => nest(rest, items.slice(i * width, (i + 1) * width))).join()}]`
  }
  return form === 'nested' ? nest(shape, elements) : `[${elements.map(jsonElement).join()}]`
}

/** A request with these inputs, named a, b, c …; the bytes of binary ones stand behind the JSON. */
export function sampleRequest (tensors: readonly SampleTensor[]): { json: Buffer<ArrayBuffer>, binary: Buffer<ArrayBuffer> } {
  const inputs = tensors.map((tensor, i) => {
    const head = `"name":"${String.fromCharCode(97 + i)}","datatype":"${tensor.datatype}","shape":${JSON.stringify(tensor.shape)}`
    if (tensor.form !== 'binary') return `{${head},"data":${jsonData(tensor)}}`
    return `{${head},"parameters":{"binary_data_size":${rawBytes(tensor).length}}}`
  })
  const binary = Buffer.concat(tensors.filter(({ form }) => form === 'binary').map(rawBytes))
  return { json: Buffer.from(`{"id":"é1","inputs":[${inputs.join()}],"unknown":{"a":[1]}}`), binary }
}
