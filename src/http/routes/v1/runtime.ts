import { listBlocks, listInitializers, listLosses, readRuntime } from '../../../operations/index.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

export const runtimeRoutes: readonly Route[] = [
  route(readRuntime, { method: 'GET', url: '/v1/runtime' }),
  route(listBlocks, { method: 'GET', url: '/v1/blocks' }),
  route(listInitializers, { method: 'GET', url: '/v1/initializers' }),
  route(listLosses, { method: 'GET', url: '/v1/losses' })
]
