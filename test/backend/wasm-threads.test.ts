import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { selectBackend } from '../../src/backend/select.ts'

interface Told {
  readonly device: string
  readonly choice: { readonly value: number, readonly reason: string }
  readonly shared: boolean
  readonly digests: Readonly<Record<string, string>>
  readonly listeners: number
  readonly globals: boolean
}

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('threaded.js', import.meta.url))

/** What a process with so many threads tells. Rejects unless it ends by itself, with code 0. */
async function told (threads: number, memory = 'shared'): Promise<Told> {
  const { stdout, stderr } = await run(process.execPath, [SCRIPT, String(threads), memory])
  if (stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout) as Told
}

t.test('several threads give the same bits as one, and end with their process', async t => {
  const [one, two, three] = await Promise.all([told(1), told(2), told(3)])
  t.match(one, { device: /1 thread$/, choice: { value: 1 }, shared: false })
  t.match(two, { device: /2 threads$/, choice: { value: 2, reason: /BLOCKSERVE_THREADS/ }, shared: true })
  t.match(three, { device: /3 threads$/, choice: { value: 3 }, shared: true })
  t.same(two.digests, one.digests)
  t.same(three.digests, one.digests)
})

t.test('they leave no listener and no global behind', async t => {
  t.match(await told(2), { listeners: 0, globals: false })
})

t.test('more than eight are not started, and the reason says so', async t => {
  t.match(await told(9), { choice: { value: 8, reason: /WebAssembly has 8 at most/ } })
})

t.test('where they do not start, one thread computes the same and the reason says why', async t => {
  const [without, one] = await Promise.all([told(2, 'none'), told(1)])
  t.match(without, { device: /1 thread$/, choice: { value: 1, reason: /do not start: no memory to share/ }, shared: false, listeners: 0, globals: false })
  t.same(without.digests, one.digests)
})

t.test('memory that grows under several threads keeps what is in it', async t => {
  await selectBackend({ want: 'wasm', suggestedThreads: { native: { value: 1, reason: '' }, wasm: { value: 2, reason: 'a test' } } })
  const bytes = (): number => tf.tidy(() => (tf.backend() as BackendWasm).typedArrayFromHeap(tf.zeros([1])).buffer.byteLength)
  const before = bytes()
  const kept = Array.from({ length: 40 }, (_, i) => tf.fill([500, 500], i))
  t.ok(bytes() > before)
  const sums = kept.map(each => tf.tidy(() => tf.sum(tf.matMul(each, tf.eye(500))).dataSync()[0]))
  t.same(sums, kept.map((_, i) => i * 250_000))
  tf.dispose(kept)
})
