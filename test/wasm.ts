/** WASM as tests of its kernels open it. */
import { selectBackend, type BackendReport } from '../src/backend/select.ts'
import { TEST_THREADS } from './threads.ts'

export const openWasm = (): Promise<BackendReport> => selectBackend({ want: 'wasm', threads: TEST_THREADS })
