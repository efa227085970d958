import { Type, type TOptional, type TUnsafe } from 'typebox'
import type { InitializerSpec } from './initializers/registry.ts'

/** The schema of an option that names an initializer: a string, or `{type, …options}`; null for none. */
export function initializerOption (description: string, fallback: string | null = null): TOptional<TUnsafe<InitializerSpec | null>> {
  const schema = Type.Union([
    Type.String({ maxLength: 4096 }),
    Type.Object({ type: Type.String({ maxLength: 128 }) }, { additionalProperties: true }),
    Type.Null()
  ], { default: fallback, description })
  return Type.Optional(Type.Unsafe<InitializerSpec | null>(schema))
}
