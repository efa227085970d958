/** The answer to a request of KServe's V1 protocol. */
import { problem } from '../../errors.ts'
import type { InferenceResult } from '../../operations/schemas/inference.ts'
import { formatShape } from '../../tensor.ts'
import type { HostTensor } from '../../tensor.ts'
import { rowTexts } from '../encode.ts'

interface Output { readonly name: string, readonly tensor: HostTensor }

/**
 * `{"predictions": […]}`: for each of `count` instances the row of the only output, or an object of rows by output name. Throws
 * `not_by_row` for an output that has not as many rows.
 */
export function predictionsText ({ model, outputs }: InferenceResult, count: number): string {
  const tensors = outputs.flatMap(output => 'tensor' in output ? [output] : [])
  for (const output of tensors) refuseOtherRows(output, model, count)
  const columns = tensors.map(({ tensor }) => rowTexts(tensor))
  const predictions = columns.length === 1 ? columns[0] : objects(tensors.map(({ name }) => name), columns, count)
  return `{"predictions":[${predictions?.join()}]}`
}

function refuseOtherRows ({ name: output, tensor: { shape } }: Output, model: string, count: number): void {
  if (shape[0] !== count) throw problem('not_by_row', { output, model, shape: formatShape(shape), count })
}

function objects (names: readonly string[], columns: readonly string[][], count: number): string[] {
  const keys = names.map(name => JSON.stringify(name))
  return Array.from({ length: count }, (_, row) => `{${columns.map((texts, i) => `${keys[i]}:${texts[row]}`).join()}}`)
}
