/**
 * The channel between the processes, the only file that knows its transport: a Unix stream socket that the engine inherits as its
 * fourth descriptor, one write per batch. Nothing on disk or on the network can reach it, and it ends when either process does.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { problem } from '../errors.ts'
import { encodeFrame } from './codec.ts'
import { Cutter } from './cutter.ts'

export { DEVICE_FAILED, FIRST_ENGINE, FOLLOW, toWire, type Answer, type Hello, type OperationKind, type Request, type WireError } from './messages.ts'

const DESCRIPTOR = 3
const READ_BYTES = 1 << 18

export interface ChannelListener {
  /** Everything that had arrived, in order of sending. Typed arrays of one batch may share memory. */
  onBatch: (messages: unknown[]) => void
  /** The peer says no more: it closed, it died, or what it sent is broken (`error`). Called once. */
  onClose: (error?: Error) => void
}

export interface Channel {
  /** Sends a batch in one write. Messages that cannot be encoded are given to `refuse`; the rest is sent. */
  send: (messages: readonly unknown[], refuse: (message: unknown, error: unknown) => void) => void
  /** Ends this direction once all that was sent has left, then runs `done`; what the peer still sends is delivered. */
  close: (done?: () => void) => void
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Spawning {
  readonly entry: URL
  readonly config: unknown
  readonly execArgv?: readonly string[]
  readonly env?: Environment | undefined
}

/** Starts `entry` as an engine process, in this process group, with `config` as its only argument. Its output goes where ours goes. */
export function spawnEngine ({ entry, config, execArgv = [], env }: Spawning): ChildProcess {
  const args = [...execArgv, fileURLToPath(entry), JSON.stringify(config)]
  return spawn(process.execPath, args, { ...env && { env: { ...env } }, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
}

/** The front's end of the channel to a process made by `spawnEngine`. */
export function connect (child: ChildProcess, listener: ChannelListener): Channel {
  const socket = child.stdio[DESCRIPTOR] as Socket
  const receiver = new Receiver(socket, listener)
  socket.on('data', (chunk: Buffer) => { receiver.take(chunk) })
  return over(socket)
}

/** The engine's end. It reads into one buffer for good, where a plain socket takes 64 KiB of fresh memory per read. */
export function attach (listener: ChannelListener): Channel {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (bytes: number, buffer: Uint8Array): boolean => receiver.take(buffer.subarray(0, bytes))
  }
  const options = { fd: DESCRIPTOR, allowHalfOpen: true, onread }
  const socket = new Socket(options)
  const receiver = new Receiver(socket, listener)
  socket.resume()
  return over(socket)
}

/** What arrives on a socket, told to a listener. */
class Receiver {
  readonly #socket: Socket
  readonly #listener: ChannelListener
  readonly #cutter = new Cutter()
  #error: Error | undefined
  #closed = false

  constructor (socket: Socket, listener: ChannelListener) {
    this.#socket = socket
    this.#listener = listener
    socket.on('error', error => { this.#error = error })
    socket.on('end', () => { this.#end() })
    socket.on('close', () => { this.#end() })
  }

  take (chunk: Uint8Array): boolean {
    const messages = this.#cut(chunk)
    if (messages.length > 0) this.#listener.onBatch(messages)
    return true
  }

  #cut (chunk: Uint8Array): unknown[] {
    try {
      return this.#cutter.push(chunk)
    } catch (error) {
      this.#error = error as Error
      this.#socket.destroy()
      return []
    }
  }

  #end (): void {
    if (this.#closed) return
    this.#closed = true
    if (!this.#cutter.atBoundary) this.#error ??= problem('channel_frame', { detail: 'the peer ended in the middle of it' })
    this.#listener.onClose(this.#error)
  }
}

function over (socket: Socket): Channel {
  return {
    send: (messages, refuse) => {
      const frame = encodeWhatCan(messages, refuse)
      if (frame !== undefined && socket.writable) socket.write(frame)
    },
    close: (done = () => {}) => {
      if (socket.destroyed || socket.writableFinished) return done()
      socket.once('finish', done)
      socket.once('close', done)
      socket.end()
    }
  }
}

/** One frame for all messages; when one of them cannot be encoded, for the others. */
function encodeWhatCan (messages: readonly unknown[], refuse: (message: unknown, error: unknown) => void): Uint8Array | undefined {
  try {
    return messages.length === 0 ? undefined : encodeFrame(messages)
  } catch (error) {
    if (messages.length > 1) return concat(messages.map(message => encodeWhatCan([message], refuse)))
    refuse(messages[0], error)
    return undefined
  }
}

const concat = (frames: ReadonlyArray<Uint8Array | undefined>): Uint8Array => Buffer.concat(frames.filter(frame => frame !== undefined))
