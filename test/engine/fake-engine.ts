/**
 * An engine whose commands are the situations the tests need. Its argument may be `{"fail": text}`, `{"mute": true}` or `{"die": true}`.
 */
import { createHash } from 'node:crypto'
import { existsSync, writeSync } from 'node:fs'
import type { Request } from '../../src/engine/channel.ts'
import { problem } from '../../src/errors.ts'
import { serve, serveFailure } from '../../src/runtime/serve.ts'
import { leastMemory } from './memory.ts'

interface Config { readonly fail?: string, readonly mute?: boolean, readonly die?: boolean }

const config = JSON.parse(process.argv[2] ?? '{}') as Config
const order: unknown[] = []
let turns = 0
const MOST_MS = 10_000
setInterval(() => {}, 1 << 30)

/** Holds the process the way a native call does. */
function hold (ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const COMMANDS: Readonly<Record<string, (input: unknown) => unknown>> = {
  echo: input => input,
  /** The turn of the event loop it ran in, which is the same for all of a batch. */
  turn: () => {
    setImmediate(() => { turns++ })
    return turns
  },
  note: input => order.push(input),
  notes: () => order,
  later: input => new Promise(resolve => { setImmediate(() => { resolve(order.push(input)) }) }),
  hold: ms => {
    hold(ms as number)
    return 'held'
  },
  /** Holds the process for a while, and until there is a file; false when none comes. */
  until: file => {
    let waited = 0
    do hold(10)
    while (!existsSync(file as string) && (waited += 10) < MOST_MS)
    return existsSync(file as string)
  },
  digest: input => createHash('sha256').update((input as { data: Float32Array }).data).digest('hex'),
  refuse: () => {
    const mistakes = [{ pointer: '/model', message: 'unknown' }]
    throw problem('model_not_found', { model: 'ghost', known: 'There are none.' }, { mistakes, retryAfter: 7 })
  },
  break: () => { throw problem('device_failed', { device: 'fake', detail: 'it is broken' }, { retryAfter: 3 }) },
  fail: () => { throw new TypeError('a secret of the engine') },
  reject: () => Promise.reject(new TypeError('a secret of the engine')),
  unsendable: () => new Map(),
  memory: () => leastMemory(() => { globalThis.gc?.() }),
  exit: code => process.exit(code as number),
  pid: () => process.pid,
  garbage: () => writeSync(3, new Uint8Array(16))
}

const handle = ({ operation, input }: Request): unknown => COMMANDS[operation]?.(input)

if (config.die === true) process.exit(3)
else if (config.fail !== undefined) serveFailure(problem('backend_unavailable', { backend: 'gpu', reason: config.fail }))
else if (config.mute !== true) serve(handle, { backend: 'fake', config }, { logError: error => { process.stderr.write(`logged: ${String(error)}\n`) } })
