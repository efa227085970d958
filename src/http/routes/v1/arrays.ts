import { deleteArrays, listArrays, putArrays, readArrays } from '../../../operations/index.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

const url = '/v1/arrays/:name'

export const arrayRoutes: readonly Route[] = [
  route(listArrays, { method: 'GET', url: '/v1/arrays', query: ['limit', 'after'] }),
  route(readArrays, { method: 'GET', url, query: ['format'] }),
  route(putArrays, { method: 'PUT', url, upload: 'file' }),
  route(deleteArrays, { method: 'DELETE', url })
]
