import { BlockserveError, knownNames, problem } from '../../errors.ts'
import { Session, type Block } from '../../nn/index.ts'
import { buildSpec, invalidSpec, validateSpec } from '../../nn/spec/index.ts'
import { deleteArchitecture, putArchitecture, validateArchitecture, type Output } from '../../operations/index.ts'
import { storedArchitectureView } from '../../operations/record-views.ts'
import type { JsonObject } from '../../store/store.ts'
import { architectureNames, storedSpec } from '../architectures.ts'
import { describe } from '../description.ts'
import type { Runtime } from '../runtime.ts'
import { handler } from './define.ts'

type Validation = Output<typeof validateArchitecture>

export const put = handler(putArchitecture, call => {
  const { runtime, input: { architecture: name, spec } } = call
  if (runtime.registry.get(name) !== undefined) throw problem('architecture_read_only', { architecture: name })
  const { limits, resolve } = optionsOf(runtime)
  const mistakes = validateSpec(spec, runtime.registry, { limits, resolve: other => other === name ? spec : resolve(other) })
  if (mistakes.length > 0) throw invalidSpec(mistakes)
  const now = new Date().toISOString()
  const record = { name, spec: spec as JsonObject, created_at: runtime.store.architecture(name)?.created_at ?? now, updated_at: now }
  return call.commit(tx => { tx.putArchitecture(record); return storedArchitectureView(record) })
})

export const remove = handler(deleteArchitecture, call => {
  const { runtime, input: { architecture: name } } = call
  if (runtime.registry.get(name)?.source === 'module') throw problem('architecture_read_only', { architecture: name })
  if (runtime.store.architecture(name) === undefined) {
    throw problem('architecture_not_found', { architecture: name, known: knownNames('architectures', architectureNames(runtime)) })
  }
  return call.commit(tx => { tx.removeArchitecture(name); return null })
})

export const validate = handler(validateArchitecture, ({ runtime, input }) => {
  const mistakes = [...validateSpec(input.spec, runtime.registry, optionsOf(runtime))]
  if (mistakes.length > 0) return { valid: false, mistakes, tree: null, parameter_count: null, parameter_bytes: null }
  return tried(() => {
    const block = trial(runtime, input.spec)
    const { tree, parameter_count, parameter_bytes } = describe(block, block.collect_params().values(), new Map())
    return { valid: true, mistakes: [], tree, parameter_count, parameter_bytes }
  })
})

/** Mistakes that only show when blocks are made, such as parameters that cannot be shared. */
function tried (build: () => Validation): Validation {
  try {
    return build()
  } catch (error) {
    if (!(error instanceof BlockserveError) || error.status >= 500) throw error
    const mistakes = error.mistakes.length > 0 ? [...error.mistakes] : [{ pointer: '', message: error.message }]
    return { valid: false, mistakes, tree: null, parameter_count: null, parameter_bytes: null }
  }
}

/** The blocks of a spec, without values, in a session of their own. */
function trial (runtime: Runtime, spec: unknown): Block {
  const session = new Session({ limits: runtime.limits, print: () => {}, warn: () => {} })
  return session.run(() => buildSpec(spec, runtime.registry, optionsOf(runtime)))
}

const optionsOf = ({ limits, store }: Runtime): { limits: Runtime['limits'], resolve: (name: string) => unknown } =>
  ({ limits, resolve: name => storedSpec(store, name) })
