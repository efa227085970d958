import { selectBackend } from '../../src/backend/select.ts'

const BACKENDS = ['wasm', 'native-cpu', 'native-gpu'] as const

/** Makes TensorFlow.js compute on the backend of that name. Throws when there is none, and `backend_unavailable`. */
export async function useBackend (name: string): Promise<void> {
  const want = BACKENDS.find(known => known === name)
  if (want === undefined) throw new Error(`there is no backend '${name}'; the backends are ${BACKENDS.join(', ')}`)
  await selectBackend({ want })
}
