/** Every method of the protocol: which operation answers it, and how messages become its input and its output a message. */
import type { Config } from '../config.ts'
import type { Dataplane, RequestContext } from '../dataplane/dataplane.ts'
import type { Input, Operation, Output } from '../operations/define.ts'
import {
  modelConfig, modelInfer, modelMetadata, modelReady, modelStatistics, repositoryIndex, repositoryModelLoad, repositoryModelUnload,
  serverMetadata
} from '../operations/index.ts'
import type { EngineState } from '../operations/schemas/runtime.ts'
import { loadOptions } from '../wire/oip/load-options.ts'
import { readTarget } from '../wire/oip/target.ts'
import { inferResponse, readInferRequest } from './infer.ts'
import type { IndexRequest, ModelInferRequest, ModelRequest, RepositoryRequest } from './messages.ts'
import { plainParameters } from './parameters.ts'

export interface Served {
  readonly dataplane: Dataplane
  readonly config: Pick<Config, 'requestTimeoutMs' | 'maxElements'>
  readonly state: () => EngineState
}

/** Answers one message. `contextFor` gives the context of a call that may take so many milliseconds. */
export type Method = (served: Served, request: never, contextFor: (timeoutMs: number) => RequestContext) => Promise<object>

type Asking<Request, O extends Operation> = (request: Request) => Input<O>

/** A method that only asks an operation. */
const asking = <Request, O extends Operation>(
  operation: O, inputOf: Asking<Request, O>, answerOf: (output: Output<O>, request: Request) => object
): Method => async ({ dataplane, config }, request: Request, contextFor) =>
    answerOf((await dataplane.run(operation, inputOf(request), contextFor(config.requestTimeoutMs))).output, request)

/** No version is the live network. */
const target = ({ name, version }: ModelRequest): { model: string, version?: number } =>
  ({ ...readTarget({ model: name, version: version === '' ? undefined : version }), model: name })

/** Of all models when none is named. */
const targetOrAll = (request: ModelRequest): { model?: string, version?: number } => request.name === '' ? {} : target(request)

/** In the protocol's first definition the first member is the name of the model. */
const named = ({ model_name: name, repository_name: first }: RepositoryRequest): string =>
  readTarget({ model: name === '' ? first : name }).model as string

export const METHODS: Readonly<Record<string, Method>> = {
  ServerLive: async () => ({ live: true }),
  ServerReady: async ({ state }) => ({ ready: state() === 'ready' }),
  ModelReady: asking(modelReady, target, ({ ready }) => ({ ready })),
  ServerMetadata: asking(serverMetadata, () => ({}), output => output),
  ModelMetadata: asking(modelMetadata, target, output => output),
  ModelConfig: asking(modelConfig, target, config => ({ config })),
  ModelStatistics: asking(modelStatistics, targetOrAll, output => output),
  RepositoryIndex: asking(repositoryIndex, ({ ready }: IndexRequest) => ({ ready }), models => ({ models })),
  RepositoryModelLoad: asking(repositoryModelLoad, (request: RepositoryRequest) =>
    ({ ...loadOptions({ parameters: plainParameters(request.parameters) }), model: named(request) }),
  (_output, request) => ({ model_name: named(request), isLoaded: true })),
  RepositoryModelUnload: asking(repositoryModelUnload, (request: RepositoryRequest) => ({ model: named(request) }),
    (_output, request) => ({ model_name: named(request), isUnloaded: true })),
  ModelInfer: async ({ dataplane, config }, request: ModelInferRequest, contextFor) => {
    const asked = readInferRequest(request, config)
    const { timeoutUs = Infinity, priority } = asked.parameters
    const context = contextFor(Math.min(config.requestTimeoutMs, timeoutUs / 1000))
    const { output } = await dataplane.run(modelInfer, asked.input, { ...context, ...priority !== undefined && { priority } })
    return inferResponse(output, asked)
  }
}
