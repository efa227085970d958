import fp from 'fastify-plugin'
import type { EngineState } from '../../operations/schemas/runtime.ts'

/** How the engine is; asked at every probe, so it must answer at once. */
export type Health = () => { readonly state: EngineState, readonly reason: string | null }

export const LIVE_URL = '/health/live'
export const READY_URL = '/health/ready'

/** live: the server answers; ready: the engine can run models. */
export default fp<{ health: Health }>(async (app, { health }) => {
  app.get(LIVE_URL, { logLevel: 'warn' }, async () => ({ live: true }))
  app.get(READY_URL, { logLevel: 'warn' }, async (_request, reply) => {
    const { state, reason } = health()
    const ready = state === 'ready'
    if (!ready) reply.code(503).header('retry-after', '1')
    return { ready, state, reason }
  })
}, { name: 'health' })
