/**
 * TensorFlow.js's WebAssembly with threads, which the package runs in browsers only. Here its own start-up code is compiled with Node's
 * `Worker` in the place of a browser's, and each thread is one.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { compileFunction } from 'node:vm'
import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { BackendWasm, getThreadsCount, setThreadsCount } from '@tensorflow/tfjs-backend-wasm'

/** It never starts more. */
export const MOST_THREADS = 8

type Module = BackendWasm['wasm']

type Threaded = Module & {
  readonly cwrap: (name: string, result: 'number' | null, parameters: readonly 'number'[]) => (...values: readonly number[]) => number
}

interface FactoryOptions {
  readonly locateFile: (name: string) => string
  readonly mainScriptUrlOrBlob: string
}

type Factory = (options: FactoryOptions) => Promise<Threaded>

const packages = createRequire(import.meta.url)
const pathOf = (extension: string): string =>
  packages.resolve(`@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.${extension}`)

/**
 * Makes the backend `wasm` one with so many threads (2 to 8), which end with the process and do not keep it alive. Call it before that
 * backend is used. Rejects where they do not start; the backend is as before then.
 */
export async function registerThreaded (threads: number): Promise<void> {
  const workers: Worker[] = []
  try {
    const backend = await start(threads, workers)
    tf.removeBackend('wasm')
    tf.registerBackend('wasm', () => backend)
    for (const worker of workers) worker.unref()
  } catch (error) {
    await Promise.all(workers.map(worker => worker.terminate()))
    throw error
  }
}

async function start (threads: number, workers: Worker[]): Promise<BackendWasm> {
  const [script, binary] = [pathOf('js'), pathOf('wasm')]
  const create = compiled(script, threads, workers)
  const module = await create({ locateFile: name => name.endsWith('.wasm') ? binary : name, mainScriptUrlOrBlob: script })
  setThreadsCount(threads)
  const backend = new BackendWasm(Object.assign(module, { tfjs: functionsOf(module) }))
  if (getThreadsCount() !== threads) throw new Error(`there are ${getThreadsCount()} in the place of ${threads}`)
  return backend
}

/** The start-up code amid what it takes from its surroundings. By itself it sets a global `Worker` and starts eight. */
function compiled (script: string, threads: number, workers: Worker[]): Factory {
  const text = readFileSync(script, 'utf8').replace('pthreadPoolSize=8', `pthreadPoolSize=${threads - 1}`)
  const Worker = threadsInto(workers)
  const module: { exports: unknown } = { exports: {} }
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'global', 'Worker']
  const run = compileFunction(text, names, { filename: script })
  run(module, module.exports, requiring(threads, Worker), script, dirname(script), {}, Worker)
  return module.exports as Factory
}

/** A browser's worker, as the start-up code makes it. The package holds its program as text, which lacks a level of escapes. */
function threadsInto (workers: Worker[]): new () => Worker {
  const { wasmWorkerContents } = packages(pathOf('worker.js')) as { wasmWorkerContents: string }
  const program = wasmWorkerContents.replaceAll('\n', '\\n')
  return class extends Worker {
    constructor () {
      super(program, { eval: true })
      workers.push(this)
    }
  }
}

/** One thread for every two cores is all it takes: it is told of as many. */
const requiring = (threads: number, Worker: new () => Worker) => (name: string): unknown => {
  if (name === 'worker_threads') return { Worker }
  return name === 'os' ? { cpus: () => Array.from({ length: 2 * threads }) } : packages(name)
}

/** What the package adds to a module that it starts itself. */
function functionsOf ({ cwrap }: Threaded): Module['tfjs'] {
  const calling = (name: string, count: number) => cwrap(name, null, Array.from({ length: count }, () => 'number' as const))
  return {
    init: calling('init', 0),
    initWithThreadsCount: calling('init_with_threads_count', 1),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: calling('register_tensor', 3),
    disposeData: calling('dispose_data', 1),
    dispose: calling('dispose', 0)
  }
}
