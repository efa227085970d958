import { problem } from '../../errors.ts'
import { isName } from '../../operations/schemas/fields.ts'

const VERSION = /^(0|[1-9]\d{0,14})$/

/** The model and the version that a path names. Throws `invalid_name`, `validation_failed`. */
export function readTarget ({ model, version }: Readonly<Record<string, string | undefined>>): { model?: string, version?: number } {
  if (model !== undefined && !isName(model)) throw problem('invalid_name', { name: model.slice(0, 200) })
  if (version !== undefined && !VERSION.test(version)) {
    throw problem('validation_failed', { detail: `a version is 0 for the live network or the number of a checkpoint; received '${version.slice(0, 50)}'` })
  }
  return { ...model !== undefined && { model }, ...version !== undefined && { version: Number(version) } }
}
