/** What the store keeps about a model for the front process to answer from: tree, reprs, summary, parameters, counts. */
import type { Block, Parameter } from '../nn/index.ts'
import { Constant } from '../nn/index.ts'
import type { BlockNode } from '../operations/schemas/block.ts'
import type { ModelDescription, ParameterView } from '../operations/views.ts'
import { byteLength, isKnown, sizeOf, type Shape } from '../tensor.ts'
import { initializerSpec } from './initializer-spec.ts'
import { signatureOf } from './signature.ts'
import { walkBlocks } from './walk.ts'

/** Describes a block and all its parameters. `revisions` tells the model's revision at which each parameter last changed. */
export function describe (block: Block, parameters: readonly Parameter[], revisions: ReadonlyMap<string, number>): ModelDescription {
  const shapes = parameters.map(parameter => shapeOf(parameter))
  const known = shapes.every(isKnown)
  return {
    tree: nodeOf(block, '', ''),
    reprs: Object.fromEntries([...walkBlocks(block)].map(([path, child]) => [path, String(child)])),
    summary: summarize(block),
    parameters: rowsOf(block, parameters, revisions),
    parameter_count: known ? shapes.reduce((total, shape) => total + sizeOf(shape), 0) : -1,
    parameter_bytes: known ? parameters.reduce((total, parameter) => total + byteLength(parameter.dtype, shapeOf(parameter)), 0) : -1,
    state: stateOf(parameters),
    signature: signatureOf(block)
  }
}

/** ready: all parameters have values; initialized: some do, or wait for the first forward. */
export function stateOf (parameters: readonly Parameter[]): ModelDescription['state'] {
  if (parameters.every(parameter => parameter.state === 'ready')) return 'ready'
  return parameters.every(parameter => parameter.state === 'uninitialized') ? 'created' : 'initialized'
}

const shapeOf = (parameter: Parameter): Shape => parameter.shape ?? [-1]

function nodeOf (block: Block, key: string, path: string): BlockNode {
  return {
    key,
    path,
    type: block.class_name,
    name: block.name,
    parameters: block.params.keys(),
    children: [...block.children].map(([name, child]) => nodeOf(child, name, join(path, name)))
  }
}

const join = (path: string, name: string): string => path === '' ? name : `${path}.${name}`

function rowsOf (block: Block, parameters: readonly Parameter[], revisions: ReadonlyMap<string, number>): ParameterView[] {
  const paths = pathsOf(block)
  const owners = ownersOf(block)
  return parameters.map(parameter => ({
    name: parameter.name,
    structural_names: paths.get(parameter) ?? [],
    shape: shapeOf(parameter),
    dtype: parameter.dtype,
    state: parameter.state,
    grad_req: parameter.grad_req,
    constant: parameter instanceof Constant,
    shared_with: (owners.get(parameter) ?? []).slice(1),
    init: parameter instanceof Constant ? null : initializerSpec(parameter.init),
    lr_mult: parameter.lr_mult,
    wd_mult: parameter.wd_mult,
    revision: revisions.get(parameter.name) ?? 0
  }))
}

function pathsOf (block: Block): Map<Parameter, string[]> {
  const paths = new Map<Parameter, string[]>()
  for (const [path, parameter] of block.collect_params_with_prefix()) paths.set(parameter, [...paths.get(parameter) ?? [], path])
  return paths
}

/** Paths of the blocks that have the parameter among their own. */
function ownersOf (block: Block): Map<Parameter, string[]> {
  const owners = new Map<Parameter, string[]>()
  for (const [path, child] of walkBlocks(block)) {
    for (const parameter of child.params.values()) owners.set(parameter, [...owners.get(parameter) ?? [], path])
  }
  return owners
}

/** One row per block, depth first, the model itself last. Output shapes follow chains of blocks as far as they can be told. */
function summarize (root: Block): ModelDescription['summary'] {
  const seen = new Set<Parameter>()
  const rows: Array<ModelDescription['summary'][number]> = []
  const visit = (block: Block, path: string, inputs: readonly Shape[]): readonly Shape[] => {
    const isChain = block.definition?.container === true
    const outputs = block.infer_output_shapes(inputs) ?? []
    // What a layer has inside is its activation, which keeps the shape of its output.
    let shapes = isChain ? inputs : outputs
    for (const [name, child] of block.children) {
      const inner = visit(child, join(path, name), shapes)
      if (isChain) shapes = inner
    }
    rows.push({ path, type: block.class_name, output_shape: outputs[0] ?? null, ...counts(block, seen) })
    return outputs
  }
  visit(root, '', [])
  return rows
}

function counts (block: Block, seen: Set<Parameter>): Pick<ModelDescription['summary'][number], 'parameters' | 'trainable' | 'shared'> {
  const own = block.params.values()
  if (!own.every(parameter => isKnown(shapeOf(parameter)))) return { parameters: -1, trainable: -1, shared: -1 }
  const total = (list: readonly Parameter[]): number => list.reduce((sum, parameter) => sum + sizeOf(shapeOf(parameter)), 0)
  const shared = own.filter(parameter => seen.has(parameter))
  for (const parameter of own) seen.add(parameter)
  return { parameters: total(own), trainable: total(own.filter(parameter => parameter.grad_req !== 'null')), shared: total(shared) }
}
