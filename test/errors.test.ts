import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { BlockserveError, ERRORS, fill, knownNames, listNames, problem, type ErrorCode, type ErrorRow } from '../src/errors.ts'
import { errorsPage } from '../src/http/openapi/errors-page.ts'
import { nodes, place, ROOT, sourceFiles, type SourceFile } from './source.ts'

/** Codes that are gone. A client may still know one, so none comes back with another meaning. */
const RETIRED: readonly string[] = []

const rows = Object.entries(ERRORS) as Array<[ErrorCode, ErrorRow]>
const src = sourceFiles('src').filter(({ path }) => path !== 'src/errors.ts')
const placeholders = (template: string): string[] => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)

/** One call of `problem`: the codes it may have, and the names it gives values for. */
interface Call { readonly where: string, readonly codes: readonly string[], readonly given: readonly string[] }

function callsIn (file: SourceFile): Call[] {
  return [...nodes(file.tree)].filter(ts.isCallExpression).filter(({ expression }) => expression.getText(file.tree) === 'problem')
    .map(call => ({ where: place(file, call), codes: codesOf(call.arguments[0]), given: namesIn(call.arguments[1]) }))
}

function codesOf (argument: ts.Expression | undefined): string[] {
  if (argument === undefined) return []
  if (ts.isStringLiteral(argument)) return [argument.text]
  return ts.isConditionalExpression(argument) ? [...codesOf(argument.whenTrue), ...codesOf(argument.whenFalse)] : []
}

function namesIn (argument: ts.Expression | undefined): string[] {
  if (argument === undefined || !ts.isObjectLiteralExpression(argument)) return []
  return argument.properties.map(property => property.name?.getText() ?? '')
}

const calls = src.flatMap(callsIn)

t.test('docs/errors.md is the table', async t => {
  t.equal(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8'), errorsPage(), 'npm run docs writes it')
  for (const [code, { status, message, remedy }] of rows) {
    const section = errorsPage().split(`\n## ${code}\n`)[1]?.split('\n## ')[0] ?? ''
    t.ok(section.includes(`Status ${status}.`), `${code} has its status`)
    for (const text of [message, remedy]) t.ok(section.replaceAll('&lt;', '<').includes(text), `${code} says: ${text}`)
  }
})

t.test('every code is used', async t => {
  const used = new Set(src.flatMap(({ tree }) => [...nodes(tree)].filter(ts.isStringLiteral).map(({ text }) => text)))
  t.same(rows.map(([code]) => code).filter(code => !used.has(code)), [])
})

t.test('whoever raises an error gives all that its message needs, and nothing else', async t => {
  t.ok(calls.length > 100, 'the scan sees the calls')
  for (const { where, codes, given } of calls) {
    for (const code of codes) {
      const needed = new Set(placeholders(ERRORS[code as ErrorCode].message))
      if (given.length === 0 && needed.size === 0) continue
      t.same([...new Set(given)].sort(), [...needed].sort(), `${where}: ${code}`)
    }
  }
})

t.test('only a function that is told the code raises one that is not written there', async t => {
  t.same(calls.filter(({ codes }) => codes.length === 0).map(({ where }) => where.split(':')[0]), ['src/nn/loading.ts'])
})

t.test('no two codes say the same', async t => {
  const texts = rows.map(([, { message }]) => message)
  t.same(texts.filter((text, i) => texts.indexOf(text) !== i), [])
})

t.test('a code is one word of the wire, a status an error of HTTP', async t => {
  for (const [code, { status, message, remedy }] of rows) {
    t.match(code, /^[a-z]+(_[a-z]+)*$/)
    t.ok(status >= 400 && status < 600, `${code}: ${status}`)
    t.match(message, /[A-Z{'].*[.}]$/, `${code} speaks in sentences`)
    t.match(remedy, /\.$/, `${code} has a remedy`)
    t.notMatch(remedy, /(?<!\/)\{\w+\}/, `the remedy of ${code} is the same for all: it has no values but parts of URLs`)
  }
})

t.test('a retired code stays retired', async t => {
  t.same(RETIRED.filter(code => code in ERRORS), [])
})

t.test('an error has the filled message and all that its row says', async t => {
  const cause = new Error('below')
  const mistakes = [{ pointer: '/a', message: 'wrong' }]
  const error = problem('shape_conflict', { parameter: 'w', expected: '(2,)', received: '(3,)' }, { mistakes, retryAfter: 3, cause })
  t.ok(error instanceof BlockserveError)
  t.equal(error.message, 'Parameter \'w\' has shape (2,); received (3,).')
  t.match(error, { code: 'shape_conflict', status: 422, kind: 'AssertionError', remedy: ERRORS.shape_conflict.remedy, mistakes, retryAfter: 3, cause })
  t.match(problem('internal'), { mistakes: [], retryAfter: undefined, kind: undefined, status: 500 })
  t.notOk('cause' in problem('internal'))
})

t.test('a value is put in as it is, whatever it contains', async t => {
  t.equal(fill('a {x} b {y}', { x: '{y} $& $1', y: 2 }), 'a {y} $& $1 b 2')
  t.equal(fill('{missing}', {}), '{missing}')
})

t.test('long lists of names are shortened as MXNet does', async t => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  t.equal(listNames(names.slice(0, 7)), '\'a\', \'b\', \'c\', \'d\', \'e\', \'f\', \'g\'')
  t.equal(listNames(names), '\'a\', \'b\', \'c\', …, \'e\', \'f\', \'g\', \'h\'')
  t.equal(knownNames('models', ['a']), 'The models are: \'a\'.')
  t.equal(knownNames('models', []), 'There are no models yet.')
})
