/** The JSON pointer (RFC 6901) of a member of what `pointer` points to. */
export function at (pointer: string, ...keys: ReadonlyArray<string | number>): string {
  return pointer + keys.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** A value for a message, shortened. */
export function show (value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}

export function isObject (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether JSON is nested deeper than `limit`; looks no further. Safe for any depth. */
export function isDeeperThan (limit: number, value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap(item => typeof item === 'object' && item !== null && !ArrayBuffer.isView(item) ? Object.values(item) : [])
  }
  return false
}

/** The member of that name, when it is the object's own. */
export const own = (value: Readonly<Record<string, unknown>>, key: string): unknown => Object.hasOwn(value, key) ? value[key] : undefined
