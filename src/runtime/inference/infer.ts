/** One inference on a network, measured. */
import { np, type NDArray } from '../../nn/index.ts'
import type { Input, modelInfer } from '../../operations/index.ts'
import type { InferenceResult } from '../../operations/schemas/inference.ts'
import type { Network } from '../network.ts'
import { runBlock } from '../run-block.ts'
import { argumentsOf, rawInput } from './inputs.ts'
import { namedOutputs } from './outputs.ts'
import { Stopwatch } from './stopwatch.ts'

/** Runs a network on named inputs. Its session must be current. Throws what is wrong with the request, and what the network throws. */
export function infer (network: Network, { inputs: given, raw, outputs: requested }: Input<typeof modelInfer>): InferenceResult {
  const watch = new Stopwatch()
  const inputs = raw === undefined ? given : [rawInput(network, raw)]
  const rows = network.signature.row_wise ? inputs[0]?.shape[0] ?? 1 : 1
  const args = argumentsOf(network, inputs)
  const input_ns = watch.lap()
  const result = runBlock(network.block, args)
  const infer_ns = watch.lap()
  const outputs = namedOutputs(network, ([result].flat() as NDArray[]).map(np.hostOf), requested)
  const { name: model, version } = network
  return { model, version, outputs, measured: { input_ns, infer_ns, output_ns: watch.lap(), rows, batch: rows, leads: true } }
}
