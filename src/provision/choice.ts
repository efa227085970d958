/** What the server would take of a folder of builds: the messages of `choice-entry`. */
import { runEntry } from './child.ts'

export interface Choice {
  readonly backend: string
  readonly device: string
  /** The build in use; null for a backend that is none. */
  readonly build: string | null
  readonly attempts: ReadonlyArray<{ readonly backend: string, readonly used: boolean, readonly reason: string | null }>
}

/** Asks, in a process of its own, with the settings of the server. A process that dies is an answer too. */
export async function askChoice (folder: string, env: NodeJS.ProcessEnv): Promise<Choice | string> {
  let last = ''
  const ended = await runEntry('choice-entry', [folder], env, line => { last = line })
  return ended === 0 ? JSON.parse(last) as Choice : `the server would end with ${ended}`
}
