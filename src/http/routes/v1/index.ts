/** Every operation of /v1, where it stands. */
import type { Route } from '../route.ts'
import { architectureRoutes } from './architectures.ts'
import { arrayRoutes } from './arrays.ts'
import { checkpointRoutes } from './checkpoints.ts'
import { modelRoutes } from './models.ts'
import { parameterRoutes } from './parameters.ts'
import { runtimeRoutes } from './runtime.ts'

export const V1_ROUTES: readonly Route[] =
  [...runtimeRoutes, ...architectureRoutes, ...modelRoutes, ...parameterRoutes, ...checkpointRoutes, ...arrayRoutes]
