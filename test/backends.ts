/**
 * The backend that tests compute on: WASM, or the one that BLOCKSERVE_TEST_BACKEND names (`native-cpu`, `native-gpu`), with native builds
 * where BLOCKSERVE_NATIVE says. It is always pinned, so that a build in somebody's cache changes no run of the tests.
 */
import type { BackendReport } from '../src/backend/select.ts'
import { TEST_THREADS } from './threads.ts'

const SETTINGS = { wasm: 'wasm', 'native-cpu': 'native', 'native-gpu': 'cuda' } as const

/** A backend that is pinned, by its name in reports. */
export type TestBackend = keyof typeof SETTINGS

const isBackend = (name: string): name is TestBackend => name in SETTINGS
const { BLOCKSERVE_TEST_BACKEND: wanted = 'wasm', BLOCKSERVE_NATIVE: native = '' } = process.env

/** Where native builds are; '' for the user's cache. */
export const NATIVE_FOLDER = native

/** The backend of that name. Throws when there is none. */
export function backendNamed (name: string): TestBackend {
  if (isBackend(name)) return name
  throw new Error(`there is no backend '${name}'; the backends are ${Object.keys(SETTINGS).join(', ')}`)
}

export const TEST_BACKEND = backendNamed(wanted)

let opening: Promise<BackendReport> | undefined

/** Makes TensorFlow.js compute on it: once in a process, where several modules ask at the same time. Rejects with `backend_unavailable`. */
export function openBackend (want = TEST_BACKEND): Promise<BackendReport> {
  opening ??= open(want)
  return opening
}

async function open (want: TestBackend): Promise<BackendReport> {
  // Tests that only start processes read this file too: they load no tensors.
  const { selectBackend } = await import('../src/backend/select.ts')
  return selectBackend({ want, threads: TEST_THREADS, ...native !== '' && { nativeFolder: native } })
}

/** What a test's server or engine needs in its environment to compute on it. */
export const BACKEND_ENVIRONMENT = {
  BLOCKSERVE_BACKEND: SETTINGS[TEST_BACKEND],
  BLOCKSERVE_NATIVE: native,
  ...TEST_THREADS !== undefined && { BLOCKSERVE_THREADS: String(TEST_THREADS) }
} as const
