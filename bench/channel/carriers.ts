/** The carriers compared: each sends a batch of items from the front to the engine and back. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { readSync, writeSync } from 'node:fs'
import { Socket, type OnReadOpts } from 'node:net'
import { Cutter, pack, type Item } from './frame.ts'

export type Deliver = (items: Item[]) => void
export interface Side { send: (items: Item[]) => void }

export const CARRIERS = ['ipc', 'socket', 'onread', 'blocking'] as const
export type Carrier = typeof CARRIERS[number]

const engineFile = new URL('./engine.js', import.meta.url).pathname

/** The front's side: starts the engine and connects to it. */
export function startEngine (carrier: Carrier, deliver: Deliver): Side {
  if (carrier === 'ipc') return overIpc(fork(engineFile, [carrier], { serialization: 'advanced' }), deliver)
  const child = spawn(process.execPath, [engineFile, carrier], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  process.on('exit', () => { child.kill('SIGKILL') })
  return overStream(child.stdio[3] as Socket, deliver)
}

/** The engine's side: each batch is answered by one batch. */
export function attach (carrier: Carrier, answer: (items: Item[]) => Item[]): void {
  if (carrier === 'blocking') {
    block(answer)
    return
  }
  const respond: Deliver = items => { side.send(answer(items)) }
  const side = carrier === 'ipc' ? overIpc(process, respond) : carrier === 'socket' ? overStream(new Socket({ fd: 3 }), respond) : overStatic(3, respond)
}

function overIpc (peer: ChildProcess | NodeJS.Process, deliver: Deliver): Side {
  const listen = peer as ChildProcess
  listen.on('message', message => { deliver(message as Item[]) })
  listen.on('disconnect', () => { process.exit() })
  return { send: items => { listen.send(items) } }
}

function overStream (socket: Socket, deliver: Deliver): Side {
  const cutter = new Cutter(deliver)
  socket.on('data', chunk => { cutter.push(chunk) })
  socket.on('close', () => { process.exit() })
  return { send: items => { socket.write(pack(items)) } }
}

/** A socket that reads into one buffer of its own, which saves an allocation of 64 KiB per read. */
function overStatic (fd: number, deliver: Deliver): Side {
  const cutter = new Cutter(deliver)
  const reader: OnReadOpts = {
    buffer: Buffer.allocUnsafeSlow(1 << 18),
    callback: (length, buffer) => {
      cutter.push(buffer.subarray(0, length))
      return true
    }
  }
  const socket = new Socket({ fd, onread: reader } as ConstructorParameters<typeof Socket>[0])
  socket.on('close', () => { process.exit() })
  socket.resume()
  return { send: items => { socket.write(pack(items)) } }
}

/** The engine without an event loop: it blocks in read(2), works, and blocks in write(2). */
function block (answer: (items: Item[]) => Item[]): void {
  const cutter = new Cutter(items => { writeAll(pack(answer(items))) })
  const buffer = new Uint8Array(1 << 18)
  for (;;) {
    const length = readSync(3, buffer)
    if (length === 0) process.exit()
    cutter.push(buffer.subarray(0, length))
  }
}

function writeAll (bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(3, bytes, at)
}
