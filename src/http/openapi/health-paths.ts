/** The probes, which are no operations: they answer without the data plane. */
import { Type } from 'typebox'
import { component, ref } from '../../operations/schemas/component.ts'
import { nullable, oneOf } from '../../operations/schemas/fields.ts'
import { ENGINE_STATES } from '../../operations/schemas/runtime.ts'
import { LIVE_URL, READY_URL } from '../plugins/health.ts'
import { METRICS_URL } from '../plugins/metrics.ts'
import { PROBLEM_TYPE } from '../problems.ts'

const Liveness = component('Liveness', Type.Object({ live: Type.Boolean() }, { additionalProperties: false }))

const Readiness = component('Readiness', Type.Object({
  ready: Type.Boolean({ description: 'The engine can run models' }),
  state: oneOf(ENGINE_STATES),
  reason: nullable(Type.String({ description: 'Why not' }))
}, { additionalProperties: false }))

const Metrics = component('Metrics', Type.String({ description: 'A line per series' }))

const answer = (schema: object, description: string) => ({ description, content: { 'application/json': { schema } } })
const failure = { description: 'Internal Server Error: internal', content: { [PROBLEM_TYPE]: { schema: { $ref: 'Problem#' } } } }

export const healthPaths = {
  [METRICS_URL]: {
    get: {
      operationId: 'readMetrics',
      summary: 'Counts and times, in the text format of Prometheus',
      tags: ['health'],
      responses: { 200: { description: 'OK', content: { 'text/plain': { schema: ref(Metrics) } } }, 500: failure }
    }
  },
  [LIVE_URL]: {
    get: {
      operationId: 'checkLive', summary: 'Whether the server answers', tags: ['health'], responses: { 200: answer(ref(Liveness), 'It does'), 500: failure }
    }
  },
  [READY_URL]: {
    get: {
      operationId: 'checkReady',
      summary: 'Whether the server can run models',
      tags: ['health'],
      responses: { 200: answer(ref(Readiness), 'It can'), 500: failure, 503: answer(ref(Readiness), 'Not now') }
    }
  }
}
