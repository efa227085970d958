import { Type } from 'typebox'
import {
  backward, cloneModel, createModel, deleteModel, drawRandom, forward, initializeModel, listModels, loadModel, readModel, updateModel
} from '../../../operations/index.ts'
import { component } from '../../../operations/schemas/component.ts'
import { CheckpointSource, LoadSwitches } from '../../../operations/models.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

const location = ({ name }: { name: string }): string => `/v1/models/${name}`

const LoadBody = component('LoadModelRequest', Type.Object(
  { ...CheckpointSource.properties, ...LoadSwitches }, { additionalProperties: false, description: 'Which checkpoint, and how strict' }
))
const SWITCHES = Object.keys(LoadSwitches)

/** The file, or `{model, checkpoint}` with switches in the body or the query; the body wins. */
function assembleLoad ({ params, query, body: { model, checkpoint, ...rest } }: Parameters<NonNullable<Route['custom']>['assemble']>[0]): object {
  const source = checkpoint === undefined ? {} : { source: { checkpoint, ...model !== undefined && { model } } }
  return { ...query, ...rest, ...params, ...source }
}

export const modelRoutes: readonly Route[] = [
  route(listModels, { method: 'GET', url: '/v1/models', query: ['limit', 'after'] }),
  route(createModel, { method: 'POST', url: '/v1/models', status: 201, location }),
  route(readModel, { method: 'GET', url: '/v1/models/:model' }),
  route(updateModel, { method: 'PATCH', url: '/v1/models/:model' }),
  route(deleteModel, { method: 'DELETE', url: '/v1/models/:model' }),
  route(cloneModel, { method: 'POST', url: '/v1/models/:model/clone', status: 201, location }),
  route(initializeModel, { method: 'POST', url: '/v1/models/:model/initialize' }),
  route(drawRandom, { method: 'POST', url: '/v1/models/:model/random' }),
  route(forward, { method: 'POST', url: '/v1/models/:model/forward' }),
  route(backward, { method: 'POST', url: '/v1/models/:model/backward' }),
  route(loadModel, {
    method: 'POST', url: '/v1/models/:model/load', query: SWITCHES, upload: 'file', custom: { body: LoadBody, assemble: assembleLoad }
  })
]
