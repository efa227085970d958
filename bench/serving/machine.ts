import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { versions } from 'node:process'

/** What is measured on, and with what. */
export async function machine (): Promise<string> {
  const load = loadavg()[0] ?? NaN
  return `${cpus()[0]?.model.trim() ?? 'CPU'}, ${cpus().length} cores, other work at a load of ${load.toFixed(1)}, ` +
    `Linux, Node ${versions.node}, ${await wrkVersion()} with one thread on the same machine`
}

/** wrk writes its version with its usage, and exits with 1. */
function wrkVersion (): Promise<string> {
  return new Promise(resolve => {
    execFile('wrk', ['-v'], (_error, stdout) => { resolve(/wrk \S+/.exec(stdout)?.[0] ?? 'wrk') })
  })
}
