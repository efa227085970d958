/** `npm run conformance -- DIR [--group models,errors] [--backend wasm] [--update-list]` */
import { parseArgs } from 'node:util'
import { backendNamed, openBackend } from '../backends.ts'
import { readFolder, type Folder } from './format.ts'
import { mergePassing, readPassing, writePassing } from './passing.ts'
import { describeAll, describeGroup, passedIn, runGroup, type GroupOutcome } from './report.ts'

const USAGE = 'usage: npm run conformance -- DIR [--group models,errors] [--backend wasm] [--update-list]'

interface Command { readonly directory: string, readonly groups: readonly string[], readonly backend: string, readonly update: boolean }

function parse (): Command {
  const { values, positionals: [directory, ...extra] } = parseArgs({
    allowPositionals: true,
    options: { group: { type: 'string', default: '' }, backend: { type: 'string', default: 'wasm' }, 'update-list': { type: 'boolean', default: false } }
  })
  if (directory === undefined || extra.length > 0) throw new Error(USAGE)
  return { directory, groups: values.group.split(',').filter(name => name !== ''), backend: values.backend, update: values['update-list'] }
}

function selected (folder: Folder, wanted: readonly string[]): Folder['groups'] {
  const known = folder.groups.map(({ group }) => group)
  const unknown = wanted.filter(name => !known.includes(name))
  if (unknown.length > 0) throw new Error(`there is no group ${unknown.join(', ')}; the groups are ${known.join(', ')}`)
  return folder.groups.filter(({ group }) => wanted.length === 0 || wanted.includes(group))
}

async function main (): Promise<void> {
  const command = parse()
  const folder = readFolder(command.directory)
  const groups = selected(folder, command.groups)
  await openBackend(backendNamed(command.backend))
  for (const { file, reason } of folder.skipped) console.log(`${file} is left out: ${reason}`)
  const runs: GroupOutcome[] = []
  for (const group of groups) {
    const run = await runGroup(group)
    console.log(describeGroup(run))
    runs.push(run)
  }
  if (command.update) writePassing(mergePassing(readPassing(), runs))
  console.log(describeAll(runs))
  const cases = groups.flatMap(group => group.cases).length
  if (cases === 0 || runs.flatMap(passedIn).length < cases) process.exitCode = 1
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
