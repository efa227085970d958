/** Everything that is measured: what it is called, the process it runs in, the cases it takes part in. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Case } from './cases.ts'
import type { EngineOptions } from './engine.ts'
import { Peer } from './peer.ts'

export interface Setup {
  /** Folder of the tensors' files. */
  readonly tensors: string
  readonly nativeFolder?: string | undefined
  readonly python: string
}

export interface Contender {
  readonly key: string
  readonly title: string
  /** How to get it where it is absent. */
  readonly remedy?: string
  takes (one: Case): boolean
  start (setup: Setup): Peer
}

export const THREADS = availableParallelism()

const NATIVE = 'builds in another folder: --native DIR'
const threadsWord = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`
const everything = (): boolean => true
const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

type Chosen = Pick<EngineOptions, 'engine' | 'threads' | 'backend'>

export const worker = (file: string, chosen: Chosen, { tensors, nativeFolder }: Setup): Peer =>
  new Peer(process.execPath, [path(file), JSON.stringify({ ...chosen, tensors, nativeFolder })])

const tfjs = (key: string, title: string, chosen: Omit<Chosen, 'engine'>): Contender =>
  ({ key, title, takes: everything, start: setup => worker('./worker.js', { engine: 'tfjs', ...chosen }, setup) })

const native = (threads: number): Contender =>
  ({ ...tfjs(`native${threads}`, `native, ${threadsWord(threads)}`, { backend: 'native-cpu', threads }), remedy: NATIVE })

const wasm = (threads: number): Contender => tfjs(`wasm${threads}`, `WASM, ${threadsWord(threads)}`, { backend: 'wasm', threads })

const stock: Contender = {
  key: 'stock',
  title: 'stock WASM',
  takes: one => one.what === 'step',
  start: setup => worker('./worker.js', { engine: 'stock-wasm', threads: 1 }, setup)
}

const onnx = (threads: number): Contender => ({
  key: `onnx${threads}`,
  title: `onnxruntime, ${threadsWord(threads)}`,
  remedy: 'run npm ci',
  takes: one => one.what === 'forward',
  start: setup => worker('./worker.js', { engine: 'onnx', threads }, setup)
})

const numpy = (threads: number): Contender => ({
  key: `numpy${threads}`,
  title: `NumPy, ${threadsWord(threads)}`,
  takes: one => !one.gluon,
  start: ({ python, tensors }) => {
    const each = String(threads)
    const limits = { OPENBLAS_NUM_THREADS: each, OMP_NUM_THREADS: each, MKL_NUM_THREADS: each }
    return new Peer(python, [path('../../../bench/engine/numpy-engine.py'), tensors], limits)
  }
})

const counts = THREADS === 1 ? [1] : [1, THREADS]

export const CONTENDERS: readonly Contender[] = [
  ...counts.map(native), ...counts.map(wasm), stock, ...counts.map(onnx), ...counts.map(numpy)
]
