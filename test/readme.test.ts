import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { startServer, temporaryFolder } from './e2e/server.ts'

const run = promisify(execFile)
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

interface Step { readonly command: string, readonly expected: string }

/** Commands of the console block, each with the output shown below it. */
function consoleSteps (): Step[] {
  const [, block = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? []
  return block.split(/^\$ /m).slice(1).map(part => {
    const [command = '', ...lines] = part.trimEnd().split('\n')
    return { command, expected: lines.join('\n') }
  })
}

/** `…` in the README stands for anything. */
const pattern = (expected: string): RegExp =>
  new RegExp(`^${expected.split('…').map(text => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[\\s\\S]*')}$`)

t.test('the commands of the quick start answer what the README says', async t => {
  const server = await startServer(t)
  const folder = await temporaryFolder(t)
  const address = `export B=${server.url}/v1/models\n`
  const steps = consoleSteps()
  t.ok(steps.length >= 10, `${steps.length} commands`)
  for (const { command, expected } of steps.slice(1)) {
    const { stdout } = await run('bash', ['-c', address + command], { cwd: folder })
    t.match(stdout.trimEnd(), pattern(expected), command)
  }
})

t.test('a command stands before line 20', async t => {
  t.ok(readme.slice(0, readme.indexOf('npm ci && npm start')).split('\n').length < 20)
})
