import t from 'tap'
import fc from 'fast-check'
import * as tf from '@tensorflow/tfjs-core'
import { BlockserveError } from '../../../src/errors.ts'
import { array } from '../../../src/nn/np/array.ts'
import { OPERATOR_NAMES } from '../../../src/nn/program/operators.ts'
import { buildSpec, validateSpec } from '../../../src/nn/spec/index.ts'
import { processorMs } from '../../processor-time.ts'
import { host, inSession, program, registry } from './programs.ts'

const limits = { elements: 10_000, parameterBytes: 100_000 }
const NAMES = ['x', 'y', 'd', 'w', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '0', 'return']
const OPERATORS = [...OPERATOR_NAMES, '__proto__', 'eval']
const TYPES = [...registry.types(), 'Densé', '__proto__', 'constructor']
const MEMBERS = ['type', 'units', 'activation', 'children', 'prefix', 'share', 'use', 'name_scope', 'class', 'init', 'forward', 'rate', 'axes', 'in_units', 'dtype',
  'weight_initializer', 'function', 'use_bias', '__proto__', 'constructor', 'then', 'random', 'values', 'tensor', 'size', 'shape', 'data']

const words = fc.constantFrom(...NAMES, ...TYPES)
const leaf = fc.oneof(words, words, fc.double(), fc.integer({ min: -3, max: 8 }), fc.boolean(), fc.constant(null))

/** JSON that looks like a spec here and there. */
const { garbage } = fc.letrec(tie => ({
  garbage: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, fc.array(tie('garbage'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('garbage'), { maxKeys: 6 }),
    fc.record({ type: fc.constantFrom(...TYPES), units: tie('garbage'), children: fc.array(tie('garbage'), { maxLength: 4 }) }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('custom'), class: fc.constantFrom('A', '__proto__', 'b c'), init: tie('garbage'), forward: tie('garbage') }))
}))

const int = fc.integer({ min: -2, max: 3 })
const variable = fc.constantFrom('x', 'y', 'z')

/** Programs that pass the check, or nearly so, and do anything at all. */
const { statements } = fc.letrec<{ expression: unknown, statement: unknown, statements: unknown[] }>(tie => ({
  expression: fc.oneof({ maxDepth: 4 }, variable, int, fc.double(),
    fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'dot', 'gt', 'lt'), tie('expression'), tie('expression')),
    fc.tuple(fc.constantFrom('relu', 'sigmoid', 'abs', 'exp', 'tanh', 'square', 'sqrt', 'chain'), tie('expression')),
    fc.tuple(fc.constantFrom('sum', 'mean', 'max'), tie('expression'), int),
    fc.tuple(fc.constantFrom('sum', 'mean', 'max'), tie('expression')),
    fc.tuple(fc.constant('reshape'), tie('expression'), fc.array(int, { maxLength: 7 })),
    fc.tuple(fc.constant('concat'), int, tie('expression'), tie('expression')),
    fc.tuple(fc.constant('call'), fc.constantFrom('d', 'f'), tie('expression')),
    fc.tuple(fc.constant('param'), fc.constantFrom('w', 'c')),
    fc.tuple(fc.constantFrom(...OPERATORS), tie('expression'), tie('expression'))),
  statement: fc.oneof({ maxDepth: 3 },
    fc.tuple(fc.constant('let'), variable, tie('expression')),
    fc.tuple(fc.constant('return'), tie('expression')),
    fc.tuple(fc.constant('if'), tie('expression'), tie('statements'), tie('statements')),
    fc.tuple(fc.constant('while'), tie('expression'), tie('statements'))),
  statements: fc.array(tie('statement'), { maxLength: 5 }) as fc.Arbitrary<unknown[]>
}))

const PRELUDE = [['let', 'y', 1], ['let', 'z', ['relu', 'x']]]
const INIT = [['child', 'd', { type: 'Dense', units: 2 }], ['child', 'f', { type: 'Flatten' }], ['param', 'w', { shape: [2, 2] }], ['constant', 'c', { values: [1, 2] }]]

/** Whether a call ends well, or with an error of the table. */
function endsWell (fn: () => void): void {
  try {
    fn()
  } catch (error) {
    if (!(error instanceof BlockserveError)) throw error
  }
}

t.test('no spec whatever makes the check throw, and what passes it can be built', async t => {
  fc.assert(fc.property(garbage, spec => {
    inSession(() => {
      const mistakes = validateSpec(spec, registry)
      if (mistakes.length === 0) endsWell(() => { buildSpec(spec, registry) })
    }, { limits })
  }), { numRuns: 1500 })
  t.pass()
})

t.test('no program whatever throws anything but errors of the table, or leaves arrays behind', async t => {
  let [ran, passed] = [0, 0]
  fc.assert(fc.property(statements, fc.array(int, { maxLength: 3 }), (forward, shape) => {
    const spec = program(INIT, [...PRELUDE, ...forward, ['return', 'y']])
    const before = tf.memory().numTensors
    inSession(() => {
      if (validateSpec(spec, registry).length > 0) return
      ran++
      const block = buildSpec(spec, registry)
      const dims = shape.map(dim => Math.abs(dim) + 1)
      endsWell(() => {
        block.initialize()
        block.call(array(host(dims, Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i - 2))))
        passed++
      })
      for (const parameter of block.collect_params().values()) parameter.dispose()
    }, { limits })
    if (tf.memory().numTensors !== before) throw new Error(`${tf.memory().numTensors - before} arrays are left`)
  }), { numRuns: 600 })
  t.ok(ran > 50 && passed > 20, `${ran} ran, ${passed} to the end`)
})

t.test('a thousand mistakes are enough', async t => {
  const bad = Array.from({ length: 9000 }, () => ['return', ['add', 'nope', 'nope']])
  const many = { type: 'Sequential', children: Array.from({ length: 50 }, () => program(bad, bad)) }
  const shares = { type: 'Sequential', children: Array.from({ length: 9000 }, (_, i) => ({ type: 'Dense', units: 1, share: `q${i}` })) }
  const ms = processorMs(() => {
    t.equal(inSession(() => validateSpec(many, registry)).length, 1000)
    t.equal(inSession(() => validateSpec(shares, registry)).length, 1000)
  })
  t.ok(ms < 10_000, `${ms} ms`)
})
