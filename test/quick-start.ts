/** The README's quick start: its commands, each with the output shown below it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Step { readonly command: string, readonly expected: string }

/** The commands of the README's console block that ask a server; the first one, which says where it is, is left out. */
export function quickStart (readme: string): readonly Step[] {
  const [, block = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? []
  return block.split(/^\$ /m).slice(2).map(part => {
    const [command = '', ...lines] = part.trimEnd().split('\n')
    return { command, expected: lines.join('\n') }
  })
}

/** What a step should print; `…` in the README stands for anything. */
export const patternOf = ({ expected }: Step): RegExp =>
  new RegExp(`^${expected.split('…').map(text => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[\\s\\S]*')}$`)

/** Runs a step in a folder, against the server at `url`. Gives what it printed; rejects when it fails. */
export async function runStep ({ command }: Step, url: string, folder: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `export B=${url}/v1/models\n${command}`], { cwd: folder })
  return stdout.trimEnd()
}
