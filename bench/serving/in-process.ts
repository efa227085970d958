/**
 * The network of convolutions on the native backend without a server: host memory in, host memory out, one image after the other.
 * Arguments: threads, seconds. Writes `{answer, rate}` as JSON.
 */
import { selectBackend } from '../../src/backend/select.ts'
import { builtinBlocks } from '../../src/nn/registry.ts'
import { buildSpec, np, scoped, Session, type Block, type NDArray } from '../../src/nn/index.ts'
import { hostTensor } from '../../src/tensor.ts'
import { IMAGE, SHAPE, SPEC } from './conv-net.ts'
import { BenchConv, BenchPool } from './models/convolutions.ts'

const WARM_MS = 1000
const [threads, seconds] = process.argv.slice(2).map(Number) as [number, number]

/** As the server makes a model with seed 0. */
function build (): Block {
  const registry = builtinBlocks()
  for (const block of [BenchConv, BenchPool]) registry.register(block, 'module')
  const net = buildSpec(SPEC, registry)
  net.initialize()
  return net
}

/** Forwards for about so long: how many per second. */
function pace (forward: () => void, ms: number): number {
  const from = performance.now()
  let count = 0
  for (; performance.now() < from + ms; count++) forward()
  return count / (performance.now() - from) * 1e3
}

const { BLOCKSERVE_NATIVE: native = '' } = process.env
await selectBackend({ want: 'native-cpu', threads, nativeFolder: native === '' ? undefined : native })
const session = new Session({ seed: 0 })
const net = session.run(build)
const image = hostTensor('float32', SHAPE, IMAGE)
const forward = () => session.run(() => scoped(() => np.hostOf(net.call(np.array(image)) as NDArray)))
pace(forward, WARM_MS)
process.stdout.write(`${JSON.stringify({ answer: Array.from(forward().data as Float32Array), rate: pace(forward, seconds * 1e3) })}\n`)
