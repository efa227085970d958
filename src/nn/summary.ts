import { problem } from '../errors.ts'
import { formatShape, sizeOf, type Shape } from '../tensor.ts'
import type { Argument, Block, HookOutput } from './block.ts'
import type { HookHandle } from './hooks.ts'
import { isNDArray } from './np/array.ts'
import type { Parameter } from './parameter.ts'
import { Traced } from './traced.ts'

interface Row { layer: string, shape: string, params: number, trainable: number, shared: number }

const SKIPPED = new Set(['Sequential', 'HybridSequential'])
const WIDTH = 80

/** Gluon's table of a network: one row per layer as it runs on `inputs`, own parameters only, then totals. */
export function summarize (root: Block, inputs: readonly Argument[]): string {
  if (root.hybridized) throw problem('hybridized_summary', { block: root.name })
  const seen = new Set<Parameter>()
  const rows: Row[] = [{ layer: 'Input', shape: shapeText(inputs), params: 0, trainable: 0, shared: 0 }]
  const handles: HookHandle[] = []
  hookAll(root, handles, (block, output) => { rows.push(rowOf(block, output, rows.length, seen)) })
  try {
    root.call(...inputs)
  } finally {
    for (const handle of handles) handle.detach()
  }
  return render(rows)
}

function hookAll (root: Block, handles: HookHandle[], visit: (block: Block, output: HookOutput) => void): void {
  const hooked = new Set<Block>()
  root.apply(block => {
    if (SKIPPED.has(block.class_name) || hooked.has(block)) return
    hooked.add(block)
    handles.push(block.register_forward_hook((self, _inputs, output) => { visit(self, output) }))
  })
}

function rowOf (block: Block, output: HookOutput, index: number, seen: Set<Parameter>): Row {
  const row: Row = { layer: `${block.class_name}-${index}`, shape: outputText(output), params: 0, trainable: 0, shared: 0 }
  if (output instanceof Traced) return row
  for (const parameter of block.registered_parameters.values()) {
    const size = sizeOf(parameter.shape ?? [])
    row.params += size
    if (parameter.grad_req !== 'null') row.trainable += size
    if (seen.has(parameter)) row.shared += size
    seen.add(parameter)
  }
  return row
}

function outputText (output: HookOutput): string {
  if (output instanceof Traced) return String(output)
  return shapeText(isNDArray(output) ? [output] : output)
}

function shapeText (values: readonly Argument[]): string {
  return values.flat().map(value => formatShape((value as { shape: Shape }).shape)).join(', ')
}

const line = (a: string, b: string, c: string | number): string => `${a.padStart(20)}  ${b.padStart(42)} ${String(c).padStart(15)}`

function render (rows: readonly Row[]): string {
  const sum = (key: 'params' | 'trainable' | 'shared'): number => rows.reduce((total, row) => total + row[key], 0)
  return [
    '-'.repeat(WIDTH),
    line('Layer (type)', 'Output Shape', 'Param #'),
    '='.repeat(WIDTH),
    ...rows.map(row => line(row.layer, row.shape, row.params)),
    '='.repeat(WIDTH),
    'Parameters in forward computation graph, duplicate included',
    `   Total params: ${sum('params')}`,
    `   Trainable params: ${sum('trainable')}`,
    `   Non-trainable params: ${sum('params') - sum('trainable')}`,
    `Shared params in forward computation graph: ${sum('shared')}`,
    `Unique parameters in model: ${sum('params') - sum('shared')}`,
    '-'.repeat(WIDTH)
  ].join('\n')
}
