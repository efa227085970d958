/** The WASM backend: works everywhere Node does. */
import { cpus } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { problem } from '../errors.ts'
import type { Opened, Refused, Rung } from './opened.ts'

export const wasm: Rung = { backend: 'wasm', remedy: 'Run Node without --jitless and with at least 100 MB of memory.', open }

const THREADS = { value: 1, reason: 'WebAssembly computes with one thread' }

async function open (): Promise<Opened | Refused> {
  const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm')
  const { correctKernels } = await import('./kernels/index.ts')
  correctKernels()
  if (!await keepingListeners(() => tf.setBackend('wasm'))) return { refused: 'this Node cannot run its WebAssembly' }
  refuseNullPointers(tf.backend() as BackendWasm)
  return {
    device: await device(), versions: { tfjs: tf.version_core, 'tfjs-backend-wasm': version }, threads: THREADS, gpu: null
  }
}

async function device (): Promise<string> {
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT') === true
  return `${cpus()[0]?.model.trim() ?? 'CPU'}, WebAssembly ${simd ? 'with' : 'without'} SIMD, 1 thread`
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
