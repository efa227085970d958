/** An output of an inference as the protocol describes it. */
import { datatypeOf } from '../../operations/datatypes.ts'
import type { Datatype } from '../../operations/datatypes.ts'
import type { Classes, InferenceOutput } from '../../operations/schemas/inference.ts'
import { bytesOf } from '../../tensor.ts'
import type { Shape } from '../../tensor.ts'
import { elementTexts } from '../encode.ts'

/** Datatype and shape; classes are texts. */
export const describeOutput = (output: InferenceOutput): [Datatype, Shape] =>
  'tensor' in output ? [datatypeOf(output.tensor.dtype), output.tensor.shape] : ['BYTES', output.classes.values.shape]

/** Its raw elements; those of a tensor share its memory. */
export const outputBytes = (output: InferenceOutput): Uint8Array<ArrayBuffer> =>
  'tensor' in output ? bytesOf(output.tensor) : lengthPrefixed(classTexts(output.classes))

/** `value:index`, as the classification extension has it. */
export const classTexts = ({ values, indices }: Classes): string[] =>
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
