import { init, type InitializerSpec } from '../nn/index.ts'

export type InitializerJson = string | { readonly type: string, readonly [option: string]: unknown } | null

/** An initializer as the API shows it: the name it was given by, or `{type, …options}`. */
export function initializerSpec (spec: InitializerSpec | null): InitializerJson {
  if (!(spec instanceof init.Initializer)) return spec
  const [name, options] = JSON.parse(spec.dumps()) as [string, object]
  return { type: name, ...options }
}
