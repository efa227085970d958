/** What a load request asks for beside the model: which checkpoints to bring along, by Triton's version_policy. */
import { LIVE_VERSION } from '../../operations/schemas/inference.ts'
import { parseJson } from '../parse-json.ts'
import { asObject, count, list, optional, text, wrong } from './members.ts'
import type { Members } from './members.ts'

interface LoadOptions { readonly versions?: number[], readonly latest?: number }

const AT = '/parameters/config'

/** Throws `validation_failed` for files, which models here are not made of, and for a policy that is none. */
export function loadOptions (body: Members): LoadOptions {
  const parameters = optional(body.parameters, '/parameters', asObject) ?? {}
  const file = Object.keys(parameters).find(name => name.startsWith('file:'))
  if (file !== undefined) throw wrong('/parameters', `has the file '${file.slice(0, 99)}', but models are made with POST /v1/models`)
  const config = optional(parameters.config, AT, (value, pointer) => parseJson(Buffer.from(text(value, pointer))))
  const policy = optional(asObject(config ?? {}, AT).version_policy, AT, asObject)
  return policy === undefined ? {} : chosen(policy)
}

function chosen ({ specific, latest, all }: Members): LoadOptions {
  if (specific !== undefined) return { versions: list(asObject(specific, AT).versions, AT).map(version => count(version, AT)) }
  if (latest !== undefined) return { latest: optional(asObject(latest, AT).num_versions, AT, count) ?? 1 }
  return { latest: all === undefined ? LIVE_VERSION : Number.MAX_SAFE_INTEGER }
}
