/** The process edge of `npm run native`: command line, environment, exit status. */
import { constants } from 'node:os'
import { BlockserveError } from '../errors.ts'
import { provideBuild } from './build.ts'
import { checkBuild } from './check.ts'
import { targetFor } from './given-wheels.ts'
import { thisMachine } from './machine.ts'
import { HELP, readOptions, type Options } from './options.ts'
import { status } from './status.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { stopping.abort(signal) })

/** Gives the exit status. */
async function main (): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env)
  switch (options.command) {
    case 'help':
      process.stdout.write(HELP)
      return 0
    case 'status':
      process.stdout.write(await status(options, process.env))
      return 0
    case 'check':
      return await checkBuild(options, process.env, text => process.stdout.write(text))
    case 'build':
      process.stdout.write(`${await build(options)}\n`)
      return 0
  }
}

async function build ({ variant, tensorflow, wheels, ...options }: Options): Promise<string> {
  const machine = thisMachine()
  const target = targetFor(wheels, tensorflow, variant, machine.arch)
  return await provideBuild({ ...options, target, wheels }, { env: process.env, machine, screen: process.stderr, signal: stopping.signal })
}

function tellFailure (error: unknown): number {
  if (stopping.signal.aborted) {
    const signal = stopping.signal.reason as 'SIGINT' | 'SIGTERM' | 'SIGHUP'
    process.stderr.write(`\nStopped by ${signal}. Run it again to go on; finished downloads are kept.\n`)
    return 128 + constants.signals[signal]
  }
  process.stderr.write(`\n${error instanceof BlockserveError ? `${error.message}\n${error.remedy}` : String((error as Error).stack)}\n`)
  return 1
}

process.exitCode = await main().catch(tellFailure)
