/** Chooses what computes: native TensorFlow with CUDA, else on the CPU, else WASM; and says why. */
import type { Static } from 'typebox'
import { problem } from '../errors.ts'
import type { BackendAttempt, BackendName } from '../operations/schemas/runtime.ts'
import { nativeCpu, nativeGpu } from './native.ts'
import type { BackendOptions, Opened, Refused, Rung } from './opened.ts'
import { selfTest } from './self-test.ts'
import { wasm } from './wasm.ts'

export type { BackendOptions } from './opened.ts'

export type Attempt = Static<typeof BackendAttempt>

/** The backend in use, and every one there is, in the order they are tried. */
export interface BackendReport extends Opened {
  readonly backend: BackendName
  readonly attempts: readonly Attempt[]
}

/**
 * Makes the first backend that works (or the one that is pinned) the active one of TensorFlow.js.
 * Each is accepted only after a test with known answers. Throws `backend_unavailable` when the pinned one, or all, are refused.
 */
export const selectBackend = (options: BackendOptions): Promise<BackendReport> => climb([nativeGpu, nativeCpu, wasm], options)

/** Gives what is wrong with the active backend, or undefined. */
type Test = typeof selfTest

/** The ladder itself, over any rungs and any test of an opened backend. */
export async function climb (rungs: readonly Rung[], options: BackendOptions, test: Test = selfTest): Promise<BackendReport> {
  const attempts: Attempt[] = []
  let chosen: Opened & { readonly backend: BackendName } | undefined
  for (const rung of rungs) {
    const { backend } = rung
    const skipped = skip(backend, options, chosen?.backend)
    const result: Opened | Refused = skipped === undefined ? await attempt(rung, options, test) : { refused: skipped }
    if ('refused' in result) {
      attempts.push({ backend, used: false, reason: result.refused })
    } else {
      attempts.push({ backend, used: true, reason: null })
      chosen = { backend, ...result }
    }
  }
  if (chosen === undefined) throw unavailable(rungs, options, attempts)
  return { ...chosen, attempts }
}

function skip (backend: BackendName, { want }: BackendOptions, chosen: BackendName | undefined): string | undefined {
  if (want !== 'auto' && want !== backend) return `not tried: ${want} is pinned`
  return chosen === undefined ? undefined : `not tried: ${chosen} works`
}

async function attempt (rung: Rung, options: BackendOptions, test: Test): Promise<Opened | Refused> {
  try {
    const opened = await rung.open(options)
    if ('refused' in opened) return opened
    const wrong = test()
    return wrong === undefined ? opened : { refused: `it computes wrongly: ${wrong}` }
  } catch (error) {
    return { refused: `it failed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function unavailable (rungs: readonly Rung[], { want }: BackendOptions, attempts: readonly Attempt[]): Error {
  const tried = attempts.filter(({ backend }) => want === 'auto' || backend === want)
  const reason = tried.map(attempt => want === 'auto' ? `${attempt.backend}: ${attempt.reason}` : attempt.reason).join('; ')
  const remedy = rungs.filter(({ backend }) => want === 'auto' || backend === want).map(rung => rung.remedy).join(' ')
  return problem('backend_unavailable', { backend: want, reason, remedy })
}
