import type { Answer, Client, Headers } from '../client.ts'
import type { Requests } from './attempt.ts'

/** Requests to a server that tells when a number of them were acknowledged. */
export class CountedRequests implements Requests {
  readonly reached: Promise<void>
  readonly #server: Requests
  #left: number
  #tell: () => void = () => {}

  constructor (server: Requests, count: number) {
    this.#server = server
    this.#left = count
    this.reached = new Promise(resolve => { this.#tell = resolve })
  }

  request: Client['request'] = async <Body>(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer<Body>> => {
    const answer = await this.#server.request<Body>(method, path, body, headers)
    if (answer.status < 300 && --this.#left === 0) this.#tell()
    return answer
  }
}
