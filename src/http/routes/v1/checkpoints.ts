import { createCheckpoint, deleteCheckpoint, listCheckpoints, readCheckpoint, readCheckpointContent } from '../../../operations/index.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

const url = '/v1/models/:model/checkpoints'

export const checkpointRoutes: readonly Route[] = [
  route(createCheckpoint, { method: 'POST', url, status: 201, location: ({ id }, { model }) => `/v1/models/${model}/checkpoints/${id}` }),
  route(listCheckpoints, { method: 'GET', url, query: ['limit', 'after'] }),
  route(readCheckpoint, { method: 'GET', url: `${url}/:checkpoint` }),
  route(readCheckpointContent, { method: 'GET', url: `${url}/:checkpoint/content` }),
  route(deleteCheckpoint, { method: 'DELETE', url: `${url}/:checkpoint` })
]
