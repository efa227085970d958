/**
 * Builds the images of the Dockerfile and tests them as containers:
 *
 *   npm run image:test -- [--target wasm|cpu|cuda]… [--tool docker|podman|buildah] [--gpu] [--no-build]
 *                         [--run-option OPTION]… [-- BUILD OPTION…]
 *
 * Without a target: wasm and cpu. What follows `--` goes to the command that builds, such as `--build-arg NODE_IMAGE=…`.
 */
import { parseArgs } from 'node:util'
import { buildah } from './buildah.ts'
import { checkConfig, checkEarlyStop, checkServer } from './checks.ts'
import { checkContents, revision, type Parts, type Target } from './contents.ts'
import { docker } from './docker.ts'
import { works } from '../process.ts'
import { Tally } from './tally.ts'
import type { Image, Tool } from './tool.ts'

const { values, positionals: buildOptions } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', multiple: true, default: ['wasm', 'cpu'] },
    tool: { type: 'string' },
    gpu: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    'run-option': { type: 'string', multiple: true, default: [] }
  }
})

const runOptions = [...values['run-option'], ...values.gpu ? ['--gpus=all'] : []]
const TOOLS: Readonly<Record<string, Tool>> = { docker: docker('docker', runOptions), podman: docker('podman', runOptions), buildah }

/** The one that was asked for, or the first that answers. */
async function chooseTool (): Promise<Tool> {
  if (values.tool !== undefined) return TOOLS[values.tool] ?? fail(`--tool is docker, podman or buildah, not ${values.tool}`)
  for (const name of ['docker', 'podman', 'buildah']) if (await works(name, ['info'])) return TOOLS[name] as Tool
  return fail('No container tool answers: start Docker, or install podman or buildah.')
}

function fail (message: string): never {
  console.error(message)
  process.exit(2)
}

const BACKENDS: Readonly<Record<Target, string>> = { wasm: 'wasm', cpu: 'native-cpu', cuda: values.gpu ? 'native-gpu' : 'native-cpu' }
const isTarget = (name: string): name is Target => name in BACKENDS
const targets = values.target.map(name => isTarget(name) ? name : fail(`--target is wasm, cpu or cuda, not ${name}`))

const tally = new Tally()
const tool = await chooseTool()
const rows: string[] = []

async function testTarget (target: Target): Promise<void> {
  const name = `blockserve:${target}`
  const start = performance.now()
  if (!values['no-build']) await tool.build(name, target, ['--build-arg', `REVISION=${await revision()}`, ...buildOptions])
  const seconds = Math.round((performance.now() - start) / 1000)
  const image = await tool.inspect(name)
  console.log(`\n${target}, with ${tool.name}`)
  checkConfig(image, tally)
  await tally.attempt('the image is looked into', async () => { rows.push(row(target, image, await checkContents(tool, image, target, tally), seconds)) })
  await tally.attempt('the server is tested', () => checkServer(tool, image, BACKENDS[target], tally))
  await tally.attempt('an early end is tested', () => checkEarlyStop(tool, image, tally))
}

const MB = 1e6

function row (target: Target, { bytes }: Image, { node, packages, server, native }: Parts, seconds: number): string {
  const base = bytes - node - packages - server - native
  const cells = [bytes, base, node, packages, server, native].map(part => (part / MB).toFixed(part < 10 * MB ? 1 : 0))
  return `| ${[`\`${target}\``, ...cells, values['no-build'] ? '' : seconds].join(' | ')} |`
}

for (const target of targets) await tally.attempt(`${target} is built`, () => testTarget(target))

console.log('\n| target | MB | of it base | Node | packages | server | TensorFlow | build, s |\n|---|---|---|---|---|---|---|---|')
console.log(rows.join('\n'))
console.log(`\nNot covered with ${tool.name}: ${tool.notCovered}.`)
console.log(String(tally))
process.exitCode = tally.failed === 0 ? 0 : 1
