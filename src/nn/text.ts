/** Indents every line but the first, as Gluon's nested reprs do. */
export function indent (text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`)
}

/** Value equality of options: primitives, arrays, plain objects, and objects that know `equals`. */
export function isEqual (a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if ('equals' in a && typeof a.equals === 'function') return Boolean(a.equals(b))
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return left.length === right.length && left.every(([key, value]) => isEqual(value, (b as Record<string, unknown>)[key]))
}
