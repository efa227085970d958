/** The fixtures' form of initializers: a name, or `{"init", "args"}`. */
import { MyInit } from '../../models/my-init.ts'
import { createInitializer, initializerDefinitions, type InitializerSpec } from '../../src/nn/initializers/index.ts'
import { NotBuilt } from './received.ts'

export type PrintedInitializer = string | { readonly init: string, readonly args?: Readonly<Record<string, unknown>> }

/** The initializer in the form the library takes. Throws NotBuilt for a class that does not exist. */
export function toInitializer (printed: PrintedInitializer): InitializerSpec {
  if (typeof printed === 'string') return printed
  if (printed.init === 'MyInit') return new MyInit(printed.args)
  const known = initializerDefinitions().some(({ type }) => type === printed.init)
  if (!known) throw new NotBuilt(`initializer ${printed.init}`)
  return createInitializer({ type: printed.init, ...printed.args })
}

export function isInitializer (value: unknown): value is PrintedInitializer {
  return typeof value === 'object' && value !== null && 'init' in value
}
