import { deleteArchitecture, listArchitectures, putArchitecture, readArchitecture, validateArchitecture } from '../../../operations/index.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

const url = '/v1/architectures/:architecture'

export const architectureRoutes: readonly Route[] = [
  route(listArchitectures, { method: 'GET', url: '/v1/architectures', query: ['limit', 'after'] }),
  route(validateArchitecture, { method: 'POST', url: '/v1/architectures/validate', whole: 'spec' }),
  route(readArchitecture, { method: 'GET', url }),
  route(putArchitecture, { method: 'PUT', url, whole: 'spec' }),
  route(deleteArchitecture, { method: 'DELETE', url })
]
