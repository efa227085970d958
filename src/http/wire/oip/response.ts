/** The answer to an inference: JSON, then the raw elements of the outputs that are asked for in binary. */
import type { InferenceOutput, InferenceResult } from '../../../operations/schemas/inference.ts'
import { dataText } from '../../../wire/encode.ts'
import { classTexts, describeOutput, outputBytes } from '../../../wire/oip/output.ts'
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
    const raw = outputBytes(output)
    bytes.push(raw)
    return outputText(output, `"parameters":{"binary_data_size":${raw.byteLength}}`)
  })
  const head = `{"model_name":${JSON.stringify(model)},"model_version":"${version}"${id === undefined ? '' : `,"id":${JSON.stringify(id)}`}`
  return { json: `${head},"outputs":[${texts.join()}]}`, binary: outputs.some(isBinary) ? bytes : undefined }
}

function outputText (output: InferenceOutput, content: string): string {
  const [datatype, shape] = describeOutput(output)
  return `{"name":${JSON.stringify(output.name)},"datatype":"${datatype}","shape":[${shape.join()}],${content}}`
}

const dataOf = (output: InferenceOutput): string =>
  'tensor' in output ? dataText(output.tensor) : classTexts(output.classes).map(text => `"${text}"`).join()
