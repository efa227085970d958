/**
 * JSON as Python's json.dumps writes it: `", "` and `": "` between things, floats with a point. JavaScript cannot tell
 * 1.0 from 1, so `isDouble` names the members whose number is a float; a number inside an array always is.
 */
export function pythonJson (value: unknown, isDouble: (member: string) => boolean): string {
  return write(value, false, isDouble)
}

type IsDouble = (member: string) => boolean

function write (value: unknown, double: boolean, isDouble: IsDouble): string {
  if (typeof value === 'number') return double || !Number.isInteger(value) ? pythonFloat(value) : String(value)
  if (Array.isArray(value)) return `[${value.map(element => write(element, true, isDouble)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${write(member, isDouble(name), isDouble)}`)
  return `{${members.join(', ')}}`
}

/** Python's repr of a float: the shortest digits, an exponent below 1e-4 and from 1e16. */
export function pythonFloat (value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
}
