/** Every operation that an engine carries out. */
import * as architectures from './architectures.ts'
import * as arrays from './arrays.ts'
import * as checkpoints from './checkpoints.ts'
import * as compute from './compute.ts'
import type { Handler } from './define.ts'
import * as inference from './inference.ts'
import * as models from './models.ts'
import * as parameters from './parameters.ts'
import * as random from './random.ts'
import * as runtime from './runtime.ts'

const nouns = [architectures, arrays, checkpoints, compute, inference, models, parameters, random, runtime]

export const HANDLERS: ReadonlyMap<string, Handler> =
  new Map(nouns.flatMap(noun => Object.values<Handler>(noun)).map(handler => [handler.operation.name, handler]))
