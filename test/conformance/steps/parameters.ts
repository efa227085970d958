import { createInitializer } from '../../../src/nn/initializers/index.ts'
import { Block } from '../../../src/nn/block.ts'
import { Sequential } from '../../../src/nn/layers/index.ts'
import type { ArrayLike, NDArray } from '../../../src/nn/np/index.ts'
import { Parameter, type GradReq, type ParameterOptions } from '../../../src/nn/parameter.ts'
import { ParameterDict } from '../../../src/nn/parameter-dict.ts'
import type { Shape } from '../../../src/tensor.ts'
import type { Context } from '../context.ts'
import { toInitializer, type PrintedInitializer } from '../initializers.ts'
import { DECOMPOSED, NotBuilt, type Received } from '../received.ts'
import { NOTHING, type StepTable } from './step.ts'
import { modeText } from './texts.ts'

function data (context: Context, { param }: { param: string }): Received {
  return { tensor: context.valueOf(context.parameter(param)) }
}

function grad (context: Context, { param }: { param: string }): Received {
  return { tensor: context.measured(context.parameter(param).host_grad()) }
}

function setData (context: Context, { param, tensor }: { param: string, tensor: string }): Received {
  context.parameter(param).set_data(context.at(tensor) as ArrayLike)
  return NOTHING
}

function setattrParams (context: Context, step: { block: string, select?: string, name: 'grad_req', value: GradReq }): Received {
  context.block(step.block).collect_params(step.select).setattr(step.name, step.value)
  return NOTHING
}

function parameter (context: Context, { out, name, args = {} }: { out: string, name: string, args?: ParameterOptions }): Received {
  const made = new Parameter(name, args)
  context.set(out, made)
  return { text: modeText(context, String(made)) }
}

function paramdict (context: Context, { out, prefix }: { out: string, prefix?: string }): Received {
  context.set(out, new ParameterDict(prefix))
  return NOTHING
}

interface DictStep {
  readonly dict: string
  readonly fn: string
  readonly name?: string
  readonly other?: string
  readonly args?: ParameterOptions & { readonly value?: ArrayLike }
}

type DictFunction = (dict: ParameterDict, step: DictStep, context: Context) => unknown

const DICT_FUNCTIONS: Readonly<Record<string, DictFunction>> = {
  get: (dict, { name = '', args }) => dict.get(name, args),
  get_constant: (dict, { name = '', args }) => dict.get_constant(name, args?.value),
  item: (dict, { name = '' }) => dict.at(name),
  repr: dict => dict,
  initialize: dict => { dict.initialize() },
  zero_grad: dict => { dict.zero_grad() },
  update: (dict, { other = '' }, context) => { dict.update(context.dict(other)) }
}

function pd (context: Context, step: DictStep): Received {
  const dict = context.dict(step.dict)
  if (step.fn === 'data') return { tensor: context.valueOf(dict.at(step.name ?? '')) }
  const apply = DICT_FUNCTIONS[step.fn]
  if (apply === undefined) throw new NotBuilt(`ParameterDict.${step.fn}`)
  const result = apply(dict, step, context)
  return result === undefined ? NOTHING : { text: modeText(context, String(result)) }
}

function paramsGet (context: Context, step: { block: string, name: string, args?: ParameterOptions }): Received {
  return { text: modeText(context, String(context.block(step.block).params.get(step.name, step.args))) }
}

const METHODS: Readonly<Record<string, (target: unknown, args: readonly unknown[]) => void>> = {
  add: (target, args) => { as(target, Sequential).add(...args as Block[]) },
  initialize: target => { as(target, Parameter).initialize() },
  data: target => { as(target, Parameter).data() },
  grad: target => { as(target, Parameter).grad() },
  list_ctx: target => { as(target, Parameter).list_ctx() },
  zero_grad: target => { as(target, Parameter).zero_grad() },
  __call__: (target, args) => { as(target, Block).call(...args as NDArray[]) }
}

function method (context: Context, { of, name, args = [] }: { of: string, name: string, args?: readonly unknown[] }): Received {
  const apply = METHODS[name]
  if (apply === undefined) throw new NotBuilt(`method ${name}`)
  apply(context.at(of), args)
  return NOTHING
}

function initApply (context: Context, { init, shape, out }: { init: PrintedInitializer, shape: Shape, out?: string }): Received {
  const initializer = createInitializer(toInitializer(init))
  const weight = new Parameter('p_weight', { shape, init: initializer })
  weight.initialize()
  const tensor = weight.host()
  if (out !== undefined) context.set(out, tensor)
  const decomposed = initializer.constructor.name === 'Orthogonal'
  return { tensor: context.measured(tensor, decomposed ? DECOMPOSED : 'exact'), dumps: initializer.dumps() }
}

function initCreate (_context: Context, { spec }: { spec: string }): Received {
  return { text: createInitializer(spec).dumps() }
}

function as<T> (target: unknown, kind: abstract new (...args: never) => T): T {
  if (target instanceof kind) return target
  throw new NotBuilt(`that method of ${String(target)}`)
}

export const PARAMETERS: StepTable = {
  data,
  grad,
  set_data: setData,
  setattr_params: setattrParams,
  parameter,
  paramdict,
  pd,
  params_get: paramsGet,
  method,
  init_apply: initApply,
  init_create: initCreate
}
