/**
 * Connections that post one request again and again, and read nothing of an answer but its status: a load generator must take as little as
 * it can of the processors that it shares with the server.
 */
import { connect, type Socket } from 'node:net'

type Done = (status: number | undefined) => void

export class Connections {
  readonly #address: { readonly host: string, readonly port: number }
  readonly #request: Buffer
  readonly #idle: Connection[] = []

  constructor (url: string, type: string, body: Buffer, jsonLength?: number) {
    const { hostname: host, port, pathname } = new URL(url)
    this.#address = { host, port: Number(port) }
    const length = jsonLength === undefined ? '' : `inference-header-content-length: ${jsonLength}\r\n`
    const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n${length}\r\n`
    this.#request = Buffer.concat([Buffer.from(head), body])
  }

  /** Resolves with the status of the answer, or with undefined when the connection ends without one. */
  post (): Promise<number | undefined> {
    const connection = this.#idle.pop() ?? new Connection(connect({ ...this.#address, noDelay: true }))
    return new Promise(resolve => {
      connection.post(this.#request, status => {
        if (status !== undefined) this.#idle.push(connection)
        resolve(status)
      })
    })
  }

  close (): void {
    for (const connection of this.#idle) connection.close()
  }
}

/** One connection, with one request at a time. */
class Connection {
  readonly #socket: Socket
  #received = ''
  #done: Done | undefined

  constructor (socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => { this.#receive(text) })
    socket.on('error', () => {})
    socket.on('close', () => { this.#finish(undefined) })
  }

  post (request: Buffer, done: Done): void {
    this.#done = done
    this.#socket.write(request)
  }

  close (): void { this.#socket.destroy() }

  #receive (text: string): void {
    this.#received += text
    const head = this.#received.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1])
    if (this.#received.length >= head + 4 + length) this.#finish(Number(this.#received.slice(9, 12)))
  }

  #finish (status: number | undefined): void {
    const done = this.#done
    this.#done = undefined
    this.#received = ''
    done?.(status)
  }
}
