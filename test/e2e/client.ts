/** Requests over HTTP, as they are written: nothing normalizes a path here. Every answer is held against the OpenAPI document. */
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { contractMismatch } from './contract.ts'

export interface Answer<Body = unknown> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  /** The JSON of the answer; undefined when it is no JSON. */
  readonly body: Body
}

/** What a problem document has. */
export interface Problem { readonly status: number, readonly code: string, readonly detail: string, readonly remedy: string }

export type Headers = Readonly<Record<string, string>>

/** An answer that a test did not want. */
export class UnwantedAnswer extends Error {
  readonly answer: Answer

  constructor (method: string, path: string, answer: Answer) {
    super(`${method} ${path} was answered ${answer.status}: ${answer.bytes.toString().slice(0, 500)}`)
    this.answer = answer
  }
}

export class Client {
  readonly url: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor (url: string) {
    this.url = url
  }

  /**
   * Sends one request: an object goes as JSON, text as JSON as it is, bytes as octet-stream. Rejects when the connection breaks,
   * and when the answer is not what the document says.
   */
  async request<Body = unknown> (method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    const answer = await this.#send(method, path, body, headers)
    const mismatch = contractMismatch(method, path, answer)
    if (mismatch !== undefined) throw new Error(`the answer ${answer.status} of ${method} ${path} breaks the contract: ${mismatch}`)
    return answer as Answer<Body>
  }

  /** The body of a request that succeeds. Rejects with `UnwantedAnswer` otherwise. */
  async ask<Body> (method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Body> {
    const answer = await this.request<Body>(method, path, body, headers)
    if (answer.status >= 300) throw new UnwantedAnswer(method, path, answer)
    return answer.body
  }

  close (): void { this.#agent.destroy() }

  #send (method: string, path: string, body: unknown, headers: Headers): Promise<Answer> {
    const { hostname, port } = new URL(this.url)
    const payload = payloadOf(body)
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        hostname, port, method, path, agent: this.#agent, headers: { ...payload && { 'content-type': payload.type, 'content-length': payload.bytes.length }, ...headers }
      }, response => { readAnswer(response).then(resolve, reject) })
      sent.once('error', reject)
      sent.end(payload?.bytes)
    })
  }
}

function payloadOf (body: unknown): { readonly type: string, readonly bytes: Buffer } | undefined {
  if (body === undefined) return undefined
  if (Buffer.isBuffer(body)) return { type: 'application/octet-stream', bytes: body }
  return { type: 'application/json', bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

async function readAnswer (response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const isJson = /json/.test(response.headers['content-type'] ?? '')
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, body: isJson ? JSON.parse(bytes.toString()) : undefined }
}
