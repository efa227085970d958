/** Every operation of the Open Inference Protocol, where it stands. */
import {
  listModelNames, modelConfig, modelInfer, modelMetadata, modelReady, modelStatistics, repositoryIndex, repositoryModelLoad,
  repositoryModelUnload, serverMetadata
} from '../../../operations/index.ts'
import { flag, optional } from '../../../wire/oip/members.ts'
import { loadOptions } from '../../../wire/oip/load-options.ts'
import { versioned } from './route.ts'
import type { OipRoute } from './route.ts'
import { IndexRequest, LoadRequest, UnloadRequest } from './schemas.ts'

export const OIP_ROUTES: readonly OipRoute[] = [
  { operation: serverMetadata, operationId: 'serverMetadata', method: 'GET', url: '' },
  { operation: listModelNames, operationId: 'listModelNames', method: 'GET', url: '/models' },
  { operation: modelStatistics, operationId: 'allStatistics', method: 'GET', url: '/models/stats' },
  ...versioned(modelMetadata, 'GET', ''),
  ...versioned(modelReady, 'GET', '/ready'),
  ...versioned(modelConfig, 'GET', '/config'),
  ...versioned(modelStatistics, 'GET', '/stats'),
  ...versioned(modelInfer, 'POST', '/infer'),
  {
    operation: repositoryIndex,
    operationId: 'repositoryIndex',
    method: 'POST',
    url: '/repository/index',
    body: { schema: IndexRequest, read: ({ ready }) => ({ ready: optional(ready, '/ready', flag) }) }
  },
  {
    operation: repositoryModelLoad,
    operationId: 'repositoryModelLoad',
    method: 'POST',
    url: '/repository/models/:model/load',
    body: { schema: LoadRequest, read: loadOptions }
  },
  {
    operation: repositoryModelUnload,
    operationId: 'repositoryModelUnload',
    method: 'POST',
    url: '/repository/models/:model/unload',
    body: { schema: UnloadRequest, read: () => ({}) }
  }
]
