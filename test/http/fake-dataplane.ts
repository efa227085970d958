import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Dependencies } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Answer, Dataplane, RequestContext } from '../../src/dataplane/dataplane.ts'
import type { Operation } from '../../src/operations/define.ts'

export interface Call { readonly operation: string, readonly input: Record<string, unknown>, readonly context: RequestContext }

type Reply = (call: Call) => Answer<Operation> | Promise<Answer<Operation>>

/** A data plane that remembers what it was asked and answers what the test says. */
export class FakeDataplane implements Dataplane {
  readonly calls: Call[] = []
  reply: Reply = () => ({ output: {} })

  admit: Dataplane['admit'] = () => {}

  async run<O extends Operation> (operation: O, input: object, context: RequestContext): Promise<Answer<O>> {
    const call = { operation: operation.name, input: input as Record<string, unknown>, context }
    this.calls.push(call)
    return await this.reply(call) as Answer<O>
  }

  get last (): Call { return this.calls.at(-1)! }
}

/** An app on a fake data plane, closed when the test ends. */
export async function fakeApp (t: Test, options: Partial<Dependencies> = {}, environment: Record<string, string> = {}) {
  const dataplane = new FakeDataplane()
  const app: FastifyInstance = await buildApp({
    config: readConfig(environment), dataplane, health: () => ({ state: 'ready', reason: null }), ...options
  })
  t.teardown(async () => { await app.close() })
  return { app, dataplane }
}
