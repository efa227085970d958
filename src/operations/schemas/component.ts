import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'

/** A schema with a name of its own in the OpenAPI document. */
export type Component = TSchema & { readonly $id: string }

const defined: Component[] = []

/** All named schemas, in order of definition. */
export const components: readonly Component[] = defined

/** Names a schema, so that others can refer to it. Names are unique. */
export function component<S extends TSchema> ($id: string, schema: S): S & { readonly $id: string } {
  const named = Object.assign(schema, { $id })
  defined.push(named)
  return named
}

/** A reference to a component, with its static type. */
export const ref = <S extends Component>(target: S) => Type.Unsafe<Static<S>>(Type.Ref(`${target.$id}#`))

/** A reference by name, for a schema that contains itself. */
export const refTo = <T>($id: string) => Type.Unsafe<T>(Type.Ref(`${$id}#`))
