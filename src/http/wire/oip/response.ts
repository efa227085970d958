/** The answer to an inference: JSON, then the raw elements of the outputs that are asked for in binary. */
import { datatypeOf } from '../../../operations/datatypes.ts'
import type { Datatype } from '../../../operations/datatypes.ts'
import type { Classes, InferenceOutput, InferenceResult } from '../../../operations/schemas/inference.ts'
import { bytesOf } from '../../../tensor.ts'
import type { Shape } from '../../../tensor.ts'
import { dataText, elementTexts } from '../encode.ts'
import type { InferenceRequest } from './request.ts'

/** `binary` is undefined when all is JSON. */
export interface EncodedInference { readonly json: string, readonly binary: readonly Uint8Array<ArrayBuffer>[] | undefined }

type Form = Pick<InferenceRequest, 'id' | 'binary' | 'binaryDefault'>

/** Outputs stand in the order of the result; so do the bytes of the binary ones. */
export function encodeInference ({ model, version, outputs }: InferenceResult, { id, binary, binaryDefault }: Form): EncodedInference {
  const isBinary = ({ name }: InferenceOutput): boolean => binary.get(name) ?? binaryDefault
  const bytes: Uint8Array<ArrayBuffer>[] = []
  const texts = outputs.map(output => {
    if (!isBinary(output)) return outputText(output, `"data":[${dataOf(output)}]`)
    const raw = bytesIn(output)
    bytes.push(raw)
    return outputText(output, `"parameters":{"binary_data_size":${raw.byteLength}}`)
  })
  const head = `{"model_name":${JSON.stringify(model)},"model_version":"${version}"${id === undefined ? '' : `,"id":${JSON.stringify(id)}`}`
  return { json: `${head},"outputs":[${texts.join()}]}`, binary: outputs.some(isBinary) ? bytes : undefined }
}

function outputText (output: InferenceOutput, content: string): string {
  const [datatype, shape] = describe(output)
  return `{"name":${JSON.stringify(output.name)},"datatype":"${datatype}","shape":[${shape.join()}],${content}}`
}

const describe = (output: InferenceOutput): [Datatype, Shape] =>
  'tensor' in output ? [datatypeOf(output.tensor.dtype), output.tensor.shape] : ['BYTES', output.classes.values.shape]

const dataOf = (output: InferenceOutput): string =>
  'tensor' in output ? dataText(output.tensor) : classTexts(output.classes).map(text => `"${text}"`).join()

const bytesIn = (output: InferenceOutput): Uint8Array<ArrayBuffer> => 'tensor' in output ? bytesOf(output.tensor) : lengthPrefixed(classTexts(output.classes))

/** `value:index`, as the classification extension has it. */
const classTexts = ({ values, indices }: Classes): string[] =>
  elementTexts(values).map((text, i) => `${text.replaceAll('"', '')}:${indices[i]}`)

/** Texts as elements of BYTES: each behind its length, 4 bytes little-endian. */
function lengthPrefixed (texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(texts.flatMap(text => {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    return [length, bytes]
  })))
}
