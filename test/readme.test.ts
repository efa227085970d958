import { readFile } from 'node:fs/promises'
import t from 'tap'
import { startServer, temporaryFolder } from './e2e/server.ts'
import { patternOf, quickStart, runStep } from './quick-start.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

t.test('the commands of the quick start answer what the README says', async t => {
  const server = await startServer(t)
  const folder = await temporaryFolder(t)
  const steps = quickStart(readme)
  t.ok(steps.length >= 9, `${steps.length} commands`)
  for (const step of steps) t.match(await runStep(step, server.url, folder), patternOf(step), step.command)
})

t.test('a command stands before line 20', async t => {
  t.ok(readme.slice(0, readme.indexOf('npm ci && npm start')).split('\n').length < 20)
})
