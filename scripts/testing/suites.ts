/** Which test files there are, which of them compute with tensors, and where their results stand in the report. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const BACKENDS = 'dist/test/backends.js'
/** They start servers, but are about processes and the disk. */
const NOT_ABOUT_NUMBERS = /^dist\/test\/(e2e\/(durability|lifecycle|threads)|readme)\./
/** They wait for processes to start and end, and take longest: they begin first. */
const SLOW = ['e2e/durability', 'e2e/', 'soak/', 'store/processes', 'backend/', 'engine/']

/** The compiled form of every test there is a source of; the slow ones first. */
export function testFiles (root: string): string[] {
  const sources = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.test.ts'))
  return sources.map(compiled).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** `dist/test/x.test.js` for `test/x.test.ts`, `x.test.ts`, or itself. */
export function compiled (path: string): string {
  const inside = path.replaceAll('\\', '/').replace(/^(\.\/)?(dist\/)?(test\/)?/, '')
  return `dist/test/${inside.replace(/\.ts$/, '.js')}`
}

function rank (file: string): number {
  const place = SLOW.findIndex(start => file.startsWith(`dist/test/${start}`))
  return place === -1 ? SLOW.length : place
}

/** Whether its results may depend on the backend: it opens the one that is asked for, itself or by what it imports. */
export const isTensorBound = (file: string): boolean => !NOT_ABOUT_NUMBERS.test(file) && reaches(file, BACKENDS, new Set())

function reaches (file: string, target: string, seen: Set<string>): boolean {
  if (file === target) return true
  if (seen.has(file) || !file.startsWith('dist/test/')) return false
  seen.add(file)
  return importsOf(file).some(imported => reaches(imported, target, seen))
}

function importsOf (file: string): string[] {
  const known = imports.get(file)
  if (known !== undefined) return known
  const paths = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*['"](\.[^'"]+\.js)['"]/gm)
  const found = [...paths].map(([, path = '']) => posix.join(posix.dirname(file), path))
  imports.set(file, found)
  return found
}

const imports = new Map<string, string[]>()

const CASES = /^the listed cases of (\S+)/

/** The row of the report for an assertion: the folder of its file, each group of the reference cases, the chapter by itself. */
export function rowOf (file: string, title: string): string {
  const [folder = '', rest = ''] = file.replace('dist/test/', '').split('/')
  if (rest === '') return 'the rest'
  if (rest.startsWith('chapter.')) return `${folder}: the chapter`
  const group = folder === 'conformance' ? CASES.exec(title)?.[1] : undefined
  return group === undefined ? folder : `${folder}: ${group}`
}
