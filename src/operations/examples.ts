/**
 * A session that was really held, in order, on a fresh server: the examples of the OpenAPI document.
 * Times differ in another run, and floating-point results in their last digits; everything else is literally what is answered.
 */
import { createModel, initializeModel, loadModel, updateModel } from './models.ts'
import { backward, drawRandom, forward } from './compute.ts'
import { readBlock } from './blocks.ts'
import { listParameters, patchData, readData, readGrad } from './parameters.ts'
import { createCheckpoint, listCheckpoints } from './checkpoints.ts'
import { putArrays, readArrays } from './arrays.ts'
import type { Operation } from './define.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }

/** One exchange. `path` and `query` by member; a GET has no body, a file no response. */
export interface Example {
  readonly operation: Operation
  /** Unique among the examples. */
  readonly name: string
  readonly summary: string
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Json
  readonly response?: Json
}

const TIME = '2026-01-01T00:00:00.000Z'

const DRAWN: Json = {
  shape: [2, 20],
  dtype: 'float32',
  data: [
    0.5488135, 0.5928446, 0.71518934, 0.84426576, 0.60276335, 0.8579456, 0.5448832, 0.8472517, 0.4236548, 0.6235637, 0.6458941,
    0.3843817, 0.4375872, 0.2975346, 0.891773, 0.056712978, 0.96366274, 0.2726563, 0.3834415, 0.47766513, 0.79172504, 0.8121687,
    0.5288949, 0.47997716, 0.56804454, 0.3927848, 0.92559665, 0.83607876, 0.071036056, 0.33739617, 0.087129295, 0.6481719,
    0.020218398, 0.36824155, 0.83261985, 0.95715517, 0.77815676, 0.14035077, 0.87001216, 0.87008727
  ]
}

const OUTPUT: Json = {
  shape: [2, 10],
  dtype: 'float32',
  data: [
    0.062402725, -0.032685928, 0.025826517, 0.02254181, -0.037287977, -0.042537868, 0.0054061264, -0.013641845, -0.09915451,
    -0.022727381, 0.028166788, -0.03341204, 0.03565667, 0.025063843, -0.041364152, -0.049418435, 0.017385297, 0.01081961,
    -0.09932576, -0.011762973
  ]
}

const ACT: Json = { key: 'act', path: '0.act', type: 'Activation', name: 'dense0_relu', parameters: [], children: [] }

const FIRST: Json = { key: '0', path: '0', type: 'Dense', name: 'dense0', parameters: ['dense0_weight', 'dense0_bias'], children: [ACT] }

const SECOND: Json = { key: '1', path: '1', type: 'Dense', name: 'dense1', parameters: ['dense1_weight', 'dense1_bias'], children: [] }

const SPEC: Json = { type: 'Sequential', children: [{ type: 'Dense', units: 256, activation: 'relu' }, { type: 'Dense', units: 10 }] }

const row = (path: string, type: string, output_shape: readonly number[] | null, numbers: number): Json =>
  ({ path, type, output_shape, parameters: numbers, trainable: numbers, shared: Math.min(numbers, 0) })

/** Every setting by its default. */
const SERVED: Json = { max_batch_size: 4096, max_queue_delay_us: 0, cache_bytes: 0 }

const SEQ: Json = {
  name: 'seq',
  state: 'created',
  reason: null,
  seed: 0,
  architecture: null,
  parameter_count: -1,
  parameter_bytes: -1,
  revision: 1,
  created_at: TIME,
  updated_at: TIME,
  repr: 'Sequential(\n  (0): Dense(-1 -> 256, Activation(relu))\n  (1): Dense(-1 -> 10, linear)\n)',
  tree: { key: '', path: '', type: 'Sequential', name: 'sequential0', parameters: [], children: [FIRST, SECOND] },
  summary: [
    row('0.act', 'Activation', [-1, 256], 0), row('0', 'Dense', [-1, 256], -1), row('1', 'Dense', [-1, 10], -1), row('', 'Sequential', [-1, 10], 0)
  ],
  spec: SPEC,
  options: {},
  serving: SERVED
}

const MLP_TREE: Json = {
  key: '',
  path: '',
  type: 'MLP',
  name: 'mlp0',
  parameters: [],
  children: [
    {
      key: 'hidden',
      path: 'hidden',
      type: 'Dense',
      name: 'dense0',
      parameters: ['dense0_weight', 'dense0_bias'],
      children: [{ key: 'act', path: 'hidden.act', type: 'Activation', name: 'dense0_relu', parameters: [], children: [] }]
    },
    { key: 'output', path: 'output', type: 'Dense', name: 'dense1', parameters: ['dense1_weight', 'dense1_bias'], children: [] }
  ]
}

const mlp = (name: string): Json => ({
  name,
  state: 'created',
  reason: null,
  seed: 0,
  architecture: 'MLP',
  parameter_count: -1,
  parameter_bytes: -1,
  revision: 1,
  created_at: TIME,
  updated_at: TIME,
  repr: 'MLP(\n  (hidden): Dense(-1 -> 256, Activation(relu))\n  (output): Dense(-1 -> 10, linear)\n)',
  tree: MLP_TREE,
  summary: [
    row('hidden.act', 'Activation', [-1, 256], 0), row('hidden', 'Dense', [-1, 256], -1), row('output', 'Dense', [-1, 10], -1), row('', 'MLP', null, 0)
  ],
  spec: { type: 'MLP' },
  options: {},
  serving: SERVED
})

const line = (revision: number, serving: Json): Json => ({
  name: 'line',
  state: 'created',
  reason: null,
  seed: 0,
  architecture: null,
  parameter_count: 3,
  parameter_bytes: 12,
  revision,
  created_at: TIME,
  updated_at: TIME,
  repr: 'Dense(2 -> 1, linear)',
  tree: { key: '', path: '', type: 'Dense', name: 'dense0', parameters: ['dense0_weight', 'dense0_bias'], children: [] },
  summary: [row('', 'Dense', [-1, 1], 3)],
  spec: { type: 'Dense', units: 1, in_units: 2 },
  options: {},
  serving
})

const CHECKPOINT: Json = {
  id: 1,
  format: 'mxnet',
  bytes: 32040,
  sha256: '17a92bcb80130b7860f0fd2526eda3eaa9597474a39a0b25f1b90d1cf8f1d728',
  note: null,
  created_at: TIME,
  architecture: 'MLP',
  spec: { type: 'MLP' },
  seed: 0,
  tensors: [
    { name: 'hidden.weight', shape: [256, 20], dtype: 'float32' },
    { name: 'hidden.bias', shape: [256], dtype: 'float32' },
    { name: 'output.weight', shape: [10, 256], dtype: 'float32' },
    { name: 'output.bias', shape: [10], dtype: 'float32' }
  ]
}

const parameter = (name: string, structural: string, shape: readonly number[], revision: number, init: string | null = null): Json => ({
  name,
  structural_names: [structural],
  shape,
  dtype: 'float32',
  state: 'ready',
  grad_req: 'write',
  constant: false,
  shared_with: [],
  init,
  lr_mult: 1,
  wd_mult: 1,
  revision
})

const tensor = (shape: readonly number[], ...data: number[]): Json => ({ shape, dtype: 'float32', data })
const MLP_NAMES = ['dense0_weight', 'dense0_bias', 'dense1_weight', 'dense1_bias']
const seq = { model: 'seq' }
const weight = { model: 'seq', parameter: 'dense0_weight' }
const MYDICT: Json = { arrays: { x: tensor([4], 0, 1, 2, 3), y: tensor([4], 0, 0, 0, 0) } }

export const EXAMPLES: readonly Example[] = [
  { operation: createModel, name: 'from_spec', summary: 'A network from a spec', body: { name: 'seq', seed: 0, architecture: SPEC }, response: SEQ },
  {
    operation: drawRandom,
    name: 'uniform',
    summary: 'A draw from the model\'s own stream',
    path: seq,
    body: { distribution: 'uniform', shape: [2, 20] },
    response: DRAWN
  },
  {
    operation: initializeModel,
    name: 'defaults',
    summary: 'Everything, with the default initializer',
    path: seq,
    body: {},
    response: { state: 'initialized', initialized: ['dense0_bias', 'dense1_bias'], deferred: ['dense0_weight', 'dense1_weight'] }
  },
  {
    operation: forward, name: 'first', summary: 'The first forward completes deferred initialization', path: seq, body: { inputs: [DRAWN] }, response: { outputs: [OUTPUT] }
  },
  {
    operation: listParameters,
    name: 'weights',
    summary: 'The parameters whose full name matches a pattern',
    path: seq,
    query: { select: '.*weight' },
    response: { parameters: [parameter('dense0_weight', '0.weight', [256, 20], 4), parameter('dense1_weight', '1.weight', [10, 256], 4)] }
  },
  {
    operation: readData,
    name: 'slice',
    summary: 'Three elements of the first row',
    path: weight,
    query: { slice: '0,0:3' },
    response: tensor([3], 0.067006566, -0.003694877, 0.041882202)
  },
  {
    operation: patchData, name: 'add', summary: 'Add 1 to every element', path: weight, body: { slice: ':', add: 1 }, response: { name: 'dense0_weight', revision: 5 }
  },
  {
    operation: patchData, name: 'set', summary: 'Set one element', path: weight, body: { slice: '0,0', set: 42 }, response: { name: 'dense0_weight', revision: 6 }
  },
  {
    operation: readGrad, name: 'zeros', summary: 'Zeros before any backward', path: weight, query: { slice: '0,0:3' }, response: tensor([3], 0, 0, 0)
  },
  {
    operation: initializeModel,
    name: 'again',
    summary: 'Draw again, with another initializer',
    path: seq,
    body: { init: { type: 'Normal', sigma: 0.01 }, force_reinit: true },
    response: { state: 'ready', initialized: ['dense0_weight', 'dense0_bias', 'dense1_weight', 'dense1_bias'], deferred: [] }
  },
  {
    operation: readBlock,
    name: 'second_layer',
    summary: 'The second layer',
    path: { model: 'seq', path: '1' },
    response: {
      path: '1',
      type: 'Dense',
      name: 'dense1',
      repr: 'Dense(256 -> 10, linear)',
      tree: SECOND,
      parameters: [parameter('dense1_weight', '1.weight', [10, 256], 7), parameter('dense1_bias', '1.bias', [10], 7, 'zeros')]
    }
  },
  {
    operation: createModel,
    name: 'one_layer',
    summary: 'A layer that knows its input width',
    body: { name: 'line', seed: 0, architecture: { type: 'Dense', units: 1, in_units: 2 } },
    response: line(1, SERVED)
  },
  {
    operation: updateModel,
    name: 'cache',
    summary: 'Keep up to a megabyte of answers, and wait up to 200 µs for a batch',
    path: { model: 'line' },
    body: { serving: { cache_bytes: 1_000_000, max_queue_delay_us: 200 } },
    response: line(2, { max_batch_size: 4096, max_queue_delay_us: 200, cache_bytes: 1_000_000 })
  },
  {
    operation: initializeModel,
    name: 'constant',
    summary: 'All weights 0.5',
    path: { model: 'line' },
    body: { init: { type: 'Constant', value: 0.5 } },
    response: { state: 'ready', initialized: ['dense0_weight', 'dense0_bias'], deferred: [] }
  },
  {
    operation: backward,
    name: 'ones',
    summary: 'Without head gradients they are ones',
    path: { model: 'line' },
    body: { inputs: [[[1, 2]]] },
    response: { outputs: [tensor([1, 1], 1.5)], input_gradients: [tensor([1, 2], 0.5, 0.5)] }
  },
  {
    operation: readGrad,
    name: 'stored',
    summary: 'The gradient that backward stored',
    path: { model: 'line', parameter: 'weight' },
    response: tensor([1, 2], 1, 2)
  },
  { operation: createModel, name: 'by_name', summary: 'A network of the registry', body: { name: 'mlp', seed: 0, architecture: 'MLP' }, response: mlp('mlp') },
  {
    operation: initializeModel,
    name: 'mlp',
    summary: 'In the order of the book: initialize, draw the input, run',
    path: { model: 'mlp' },
    response: { state: 'initialized', initialized: ['dense0_bias', 'dense1_bias'], deferred: ['dense0_weight', 'dense1_weight'] }
  },
  {
    operation: drawRandom, name: 'mlp_input', summary: 'The input', path: { model: 'mlp' }, body: { distribution: 'uniform', shape: [2, 20] }, response: DRAWN
  },
  { operation: forward, name: 'mlp', summary: 'The same numbers as the book', path: { model: 'mlp' }, body: { inputs: [DRAWN] }, response: { outputs: [OUTPUT] } },
  { operation: createCheckpoint, name: 'mxnet', summary: 'A .params file', path: { model: 'mlp' }, body: { format: 'mxnet' }, response: CHECKPOINT },
  { operation: listCheckpoints, name: 'one', summary: 'The checkpoints so far', path: { model: 'mlp' }, response: { checkpoints: [CHECKPOINT], next: null } },
  { operation: createModel, name: 'clone', summary: 'The same network, empty', body: { name: 'clone', seed: 0, architecture: 'MLP' }, response: mlp('clone') },
  {
    operation: loadModel,
    name: 'checkpoint',
    summary: 'From a checkpoint of another model',
    path: { model: 'clone' },
    body: { model: 'mlp', checkpoint: 1 },
    response: { state: 'ready', loaded: MLP_NAMES, missing: [], ignored: [], cast: [] }
  },
  {
    operation: putArrays,
    name: 'dict',
    summary: 'A dict of arrays',
    path: { name: 'mydict' },
    body: MYDICT,
    response: {
      name: 'mydict',
      kind: 'dict',
      entries: [{ name: 'x', shape: [4], dtype: 'float32' }, { name: 'y', shape: [4], dtype: 'float32' }],
      bytes: 146,
      sha256: 'a905c73ceac21ee648b2ef95356c0c6c8c9359e0db7aac0b5c7b187aa6ce6f8a',
      created_at: TIME,
      updated_at: TIME
    }
  },
  { operation: readArrays, name: 'dict', summary: 'The same again', path: { name: 'mydict' }, query: { format: 'json' }, response: MYDICT }
]
