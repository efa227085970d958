/** The WASM backend: works everywhere Node does. */
import { cpus } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { problem } from '../errors.ts'
import { ASKED, type BackendOptions, type Opened, type Refused, type Rung, type ThreadChoice } from './opened.ts'

export const wasm: Rung = { backend: 'wasm', remedy: 'Run Node without --jitless and with at least 100 MB of memory.', open }

/** Those of this process: they cannot change once the backend is in use. */
let threads: Promise<ThreadChoice> | undefined

async function open (options: BackendOptions): Promise<Opened | Refused> {
  const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm')
  const { correctKernels } = await import('./kernels/index.ts')
  correctKernels()
  const inUse = await (threads ??= keepingListeners(() => startThreads(options)))
  if (!await keepingListeners(() => tf.setBackend('wasm'))) return { refused: 'this Node cannot run its WebAssembly' }
  refuseNullPointers(tf.backend() as BackendWasm)
  return {
    device: await device(inUse.value), versions: { tfjs: tf.version_core, 'tfjs-backend-wasm': version }, threads: inUse, gpu: null
  }
}

/** One thread computes where more are not wanted or do not start. */
async function startThreads ({ threads: asked, suggestedThreads: suggested }: BackendOptions): Promise<ThreadChoice> {
  const choice = asked === undefined ? suggested?.wasm ?? NOT_ASKED : { value: asked, reason: ASKED }
  if (choice.value === 1) return choice
  const { MOST_THREADS, registerThreaded } = await import('./wasm-threads.ts')
  const value = Math.min(choice.value, MOST_THREADS)
  try {
    await registerThreaded(value)
    return value === choice.value ? choice : { value, reason: `${choice.reason}; WebAssembly has ${MOST_THREADS} at most` }
  } catch (error) {
    return { value: 1, reason: `the threads of WebAssembly do not start: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const NOT_ASKED = { value: 1, reason: 'nothing asks for more' }

async function device (threads: number): Promise<string> {
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT') === true
  const count = threads === 1 ? '1 thread' : `${threads} threads`
  return `${cpus()[0]?.model.trim() ?? 'CPU'}, WebAssembly ${simd ? 'with' : 'without'} SIMD, ${count}`
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/** Its start-up code hooks crashes of the whole process, which changes exit codes; what it adds is taken off again. */
async function keepingListeners<T> (start: () => Promise<T>): Promise<T> {
  const before = new Set(EVENTS.flatMap(event => process.listeners(event as 'uncaughtException')))
  const result = await start()
  for (const event of EVENTS) {
    for (const listener of process.listeners(event as 'uncaughtException')) if (!before.has(listener)) process.off(event, listener)
  }
  return result
}

interface Heap {
  _malloc: (bytes: number) => number
  _free: (pointer: number) => void
}

const refusing = new WeakSet<Heap>()

/** Where its memory (4 GiB at most) is used up, malloc answers 0 and kernels would write over what lies at address 0. */
function refuseNullPointers ({ wasm }: BackendWasm): void {
  const heap = wasm as object as Heap
  if (refusing.has(heap)) return
  refusing.add(heap)
  // The first call replaces the function by the one it stands for.
  heap._free(heap._malloc(1))
  const malloc = heap._malloc
  heap._malloc = bytes => {
    const pointer = malloc(bytes)
    if (pointer === 0) throw problem('out_of_memory', { bytes })
    return pointer
  }
}
