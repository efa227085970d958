import t from 'tap'
import { failures, matrix, totals } from '../../scripts/testing/report.ts'
import { findingsOf, withEnding, type TestFile } from '../../scripts/testing/test-file.ts'

const TAP = `TAP version 14
# Subtest: outer
    ok 1 - fine
    not ok 2 - one is two
      ---
      diff: |
        -2
        +1
      source: not told
      ...
    1..2
not ok 1 - outer # time=3ms
ok 2 - later # SKIP no GPU
1..2
`

const ran = (file: string, backend: string, findings: TestFile['findings']): TestFile => ({ file, backend, findings, ms: 1, tap: '' })

t.test('every assertion is counted once, with the tests it is in', async t => {
  t.same(findingsOf(TAP).map(({ title, outcome }) => [title, outcome]), [
    ['outer > fine', 'passed'], ['outer > one is two', 'failed'], ['later: no GPU', 'skipped']
  ])
})

t.test('a process that ends badly fails also when no assertion did, and so does one that tested nothing', async t => {
  const good = findingsOf('ok 1 - fine\n1..1\n')
  t.same(totals([ran('f', 'wasm', withEnding(good, undefined, ''))]), { passed: 1, failed: 0, skipped: 0 })
  t.match(withEnding(good, 'the process was ended by SIGABRT', 'it aborted').at(-1), {
    title: 'the process was ended by SIGABRT', outcome: 'failed', diagnosis: { stderr: 'it aborted' }
  })
  t.match(withEnding([], undefined, ''), [{ title: 'the process tested nothing', outcome: 'failed' }])
  t.equal(withEnding(findingsOf(TAP), 'the process exited with code 1', '').length, 3, 'a failure that was told is not told again')
})

t.test('a report that is cut off is a failure', async t => {
  t.match(findingsOf('ok 1 - fine\n1..3\n'), [{ outcome: 'passed' }, { title: 'the report is not whole', outcome: 'failed' }])
  t.equal(findingsOf('ok 1 - fine\n').at(-1)?.outcome, 'failed', 'no plan')
})

t.test('a failure is told with its file, backend, title and what the test library says', async t => {
  const told = ['FAILED dist/test/nn/x.test.js on wasm: outer > one is two', '  diff:', '    -2', '    +1'].join('\n')
  t.same(failures([ran('dist/test/nn/x.test.js', 'wasm', findingsOf(TAP))]), [told])
})

t.test('the matrix has a row for each part of the tests and a column for each backend', async t => {
  const findings = findingsOf(TAP)
  const group = findingsOf('# Subtest: the listed cases of errors give\n    ok 1 - a\n    1..1\nok 1 - the listed cases of errors give\n1..1\n')
  const files = [
    ran('dist/test/float16.test.js', 'wasm', findings), ran('dist/test/nn/harness.js', 'wasm', findings),
    ran('dist/test/conformance/cases.test.js', 'wasm', group), ran('dist/test/conformance/cases.test.js', 'native-cpu', group)
  ]
  const cells = matrix(files, [{ backend: 'wasm' }, { backend: 'native-cpu', notRun: 'no build' }]).map(line => line.split(/ {2,}/))
  t.same(cells, [
    [`Node ${process.versions.node}`, 'wasm', 'native-cpu'],
    ['conformance: errors', '1 passed', '1 passed'],
    ['nn', '1 passed, 1 FAILED, 1 skipped', 'not run: no build'],
    ['the rest', '1 passed, 1 FAILED, 1 skipped', '-']
  ])
})
