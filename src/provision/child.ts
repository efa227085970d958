/** Processes of our own that load TensorFlow, so that this one need not, and outlives them. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

type OnLine = (line: string) => void

/** Runs `<entry>.js` of this folder; gives how it ended: an exit status, or the name of a signal. */
export async function runEntry (entry: string, args: readonly string[], env: NodeJS.ProcessEnv, onLine: OnLine): Promise<number | string> {
  const file = fileURLToPath(new URL(`./${entry}.js`, import.meta.url))
  const child = spawn(process.execPath, [file, ...args], { env: { TF_CPP_MIN_LOG_LEVEL: '3', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', onLine)
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => { resolve(status ?? String(signal)) })
  })
}
