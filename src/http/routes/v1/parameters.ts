import {
  listParameters, patchData, putData, readBlock, readData, readGrad, readParameter, readStatistics, updateParameter, zeroGrad
} from '../../../operations/index.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'

const url = '/v1/models/:model/parameters/:parameter'

export const parameterRoutes: readonly Route[] = [
  route(readBlock, { method: 'GET', url: '/v1/models/:model/blocks/:path' }),
  route(listParameters, { method: 'GET', url: '/v1/models/:model/parameters', query: ['select'] }),
  route(readParameter, { method: 'GET', url }),
  route(updateParameter, { method: 'PATCH', url }),
  route(readData, { method: 'GET', url: `${url}/data`, query: ['slice'] }),
  route(putData, { method: 'PUT', url: `${url}/data`, whole: 'value' }),
  route(patchData, { method: 'PATCH', url: `${url}/data` }),
  route(readGrad, { method: 'GET', url: `${url}/grad`, query: ['slice'] }),
  route(zeroGrad, { method: 'DELETE', url: `${url}/grad` }),
  route(readStatistics, { method: 'GET', url: `${url}/statistics`, query: ['bins'] })
]
