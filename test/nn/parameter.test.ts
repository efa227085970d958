import t from 'tap'
import fc from 'fast-check'
import { formatShape, hostTensor, type Shape } from '../../src/tensor.ts'
import { Parameter, type GradReq } from '../../src/nn/index.ts'
import { normalizeShape } from '../../src/nn/parameter.ts'
import { castTensor } from '../../src/nn/cast.ts'
import { numberToFloat16 } from '../../src/float16.ts'
import { array, inSession, numbers, refuses, tf } from './harness.ts'

const made = (options: ConstructorParameters<typeof Parameter>[1] = {}): Parameter => {
  const parameter = new Parameter('net_w', { shape: [2, 2], ...options })
  parameter.initialize({ init: 'ones' })
  return parameter
}

t.test('a Parameter is made with Gluon\'s defaults', async t => {
  const parameter = new Parameter('w')
  t.match(parameter, { name: 'w', grad_req: 'write', dtype: 'float32', shape: null, lr_mult: 1, wd_mult: 1, init: null, state: 'uninitialized' })
  t.equal(parameter.allow_deferred_init, false)
  t.equal(parameter.differentiable, true)
})

t.test('a shape given as a number has one dimension; 0 is unknown and shows as -1', async t => {
  t.same(new Parameter('w', { shape: 3 }).shape, [3])
  t.same(new Parameter('w', { shape: [8, 0] }).shape, [8, -1])
  t.same(normalizeShape(0), [-1])
})

t.test('it prints as Gluon prints it, the dtype as it was given', async t => {
  t.equal(String(new Parameter('dense0_weight', { shape: [8, 0], dtype: 'float32' })), 'Parameter dense0_weight (shape=(8, -1), dtype=float32)')
  t.equal(String(new Parameter('m_weight', { shape: [5] })), 'Parameter m_weight (shape=(5,), dtype=<class \'numpy.float32\'>)')
  t.equal(String(new Parameter('m_weight')), 'Parameter m_weight (shape=None, dtype=<class \'numpy.float32\'>)')
})

t.test('before initialize there is neither value nor gradient, and nothing to set', async t => {
  inSession(() => {
    const parameter = new Parameter('net_w', { shape: [2] })
    for (const use of ['data', 'host', 'grad', 'host_grad'] as const) refuses(t, () => parameter[use](), 'not_initialized', 'RuntimeError', ['\'net_w\''])
    refuses(t, () => { parameter.set_data([1, 2]) }, 'set_data_uninitialized', 'AssertionError', ['\'net_w\''])
    refuses(t, () => { parameter.set_data([1]) }, 'shape_conflict', 'AssertionError', ['net_w', '(2,)', '(1,)'])
  })
})

t.test('while deferred there is neither, and the message has the shape', async t => {
  inSession(() => {
    const parameter = new Parameter('net_w', { shape: [2, 0], allow_deferred_init: true })
    parameter.initialize()
    t.equal(parameter.state, 'deferred')
    for (const use of ['data', 'host', 'grad', 'host_grad'] as const) {
      refuses(t, () => parameter[use](), 'deferred', 'DeferredInitializationError', ['\'net_w\'', '(2, -1)'])
    }
    refuses(t, () => { parameter.finish_deferred_init() }, 'deferred_shape_unknown', 'AssertionError', ['(2, -1)'])
  })
})

t.test('a shape that is not known may be deferred only when that is allowed', async t => {
  inSession(() => {
    refuses(t, () => { new Parameter('net_w', { shape: [2, 0] }).initialize() }, 'shape_unknown', 'ValueError', ['\'net_w\'', '(2, -1)'])
    refuses(t, () => { new Parameter('net_w').initialize() }, 'shape_unknown', 'ValueError', ['\'net_w\'', 'None'])
  })
})

t.test('a second initialize warns and keeps the value, unless it is forced', async t => {
  inSession(({ warnings }) => {
    const parameter = made()
    parameter.initialize({ init: 'zeros' })
    t.same(numbers(parameter.host()), [1, 1, 1, 1])
    t.equal(warnings.length, 1)
    t.match(warnings[0], /'net_w' is initialized already.*force_reinit/)
    parameter.initialize({ init: 'zeros', force_reinit: true })
    t.same(numbers(parameter.host()), [0, 0, 0, 0])
    t.equal(warnings.length, 1)
  })
})

t.test('the initializer is the given one, else its own, else the default', async t => {
  inSession(() => {
    const own = new Parameter('w', { shape: [1], init: { type: 'Constant', value: 7 } })
    own.initialize({ default_init: 'zeros' })
    t.same(numbers(own.host()), [7])
    own.initialize({ init: 'ones', default_init: 'zeros', force_reinit: true })
    t.same(numbers(own.host()), [1])
    const plain = new Parameter('w', { shape: [1] })
    plain.initialize({ default_init: { type: 'Constant', value: 3 } })
    t.same(numbers(plain.host()), [3])
  })
})

t.test('an unknown initializer leaves the parameter as it was without a value', async t => {
  inSession(() => {
    const parameter = new Parameter('w', { shape: [1] })
    refuses(t, () => { parameter.initialize({ init: 'glorious' }) }, 'unknown_initializer', 'AssertionError', ['\'glorious\'', 'xavier'])
    t.equal(parameter.state, 'uninitialized')
  })
})

t.test('unknown dimensions of a shape may be filled, known ones not changed', async t => {
  const fill = (old: Shape, wanted: Shape): Shape | null => {
    const parameter = new Parameter('w', { shape: old })
    parameter.shape = wanted
    return parameter.shape
  }
  t.same(fill([2, -1], [2, 5]), [2, 5])
  t.same(fill([2, 3], [-1, 3]), [2, 3], 'what the new one does not know stays')
  refuses(t, () => fill([2, 3], [2, 4]), 'shape_conflict', 'AssertionError', ['\'w\'', '(2, 3)', '(2, 4)'])
  refuses(t, () => fill([2, 3], [2, 3, 1]), 'shape_conflict', 'AssertionError', ['(2, 3, 1)'])
})

t.test('shapes merge when each dimension is equal or unknown on one side, and only then', async () => {
  const dims = fc.array(fc.constantFrom(-1, 1, 2), { maxLength: 4 })
  fc.assert(fc.property(dims, dims, (old, wanted) => {
    const fits = old.length === wanted.length && old.every((dim, i) => dim === -1 || wanted[i] === -1 || dim === wanted[i])
    const parameter = new Parameter('w', { shape: old })
    try {
      parameter.shape = wanted
    } catch {
      return !fits && formatShape(parameter.shape ?? []) === formatShape(old)
    }
    return fits && parameter.shape?.every((dim, i) => dim === Math.max(old[i] as number, wanted[i] as number)) === true
  }))
})

t.test('grad_req is write, add or null', async t => {
  inSession(() => {
    const parameter = made()
    refuses(t, () => { parameter.grad_req = 'sum' as GradReq }, 'bad_grad_req', 'AssertionError', ['net_w', 'write, add, null', '\'sum\''])
    t.equal(parameter.grad_req, 'write')
    refuses(t, () => new Parameter('v', { grad_req: 'x' as GradReq }), 'bad_grad_req', 'AssertionError', ['\'v\''])
  })
})

t.test('without gradient requirement there is no gradient, and back again it starts at zero', async t => {
  inSession(() => {
    const parameter = made()
    parameter.accumulate_grad(hostTensor('float32', [2, 2], Float32Array.of(1, 2, 3, 4)))
    parameter.grad_req = 'null'
    refuses(t, () => parameter.grad(), 'no_gradient', 'RuntimeError', ['\'net_w\'', 'null'])
    parameter.grad_req = 'write'
    t.same(numbers(parameter.grad()), [0, 0, 0, 0])
  })
})

t.test('one that is not differentiable never has a gradient', async t => {
  inSession(() => {
    const parameter = made({ differentiable: false, grad_req: 'write' })
    t.equal(parameter.grad_req, 'null')
    parameter.grad_req = 'add'
    t.equal(parameter.grad_req, 'null')
  })
})

const ADDED = {
  float32: [Float32Array.of(1.5, -2), [3, -4]],
  float64: [Float64Array.of(0.1, 0.2), [0.2, 0.4]],
  float16: [Uint16Array.of(numberToFloat16(1.5), numberToFloat16(-2)), [3, -4]],
  int32: [Int32Array.of(5, -6), [10, -12]],
  int64: [BigInt64Array.of(7n, -8n), [14, -16]]
} as const

for (const [dtype, [data, twice]] of Object.entries(ADDED)) {
  t.test(`gradients of ${dtype} replace or add up, as grad_req says, and zero_grad ends them`, async t => {
    inSession(() => {
      const parameter = new Parameter('w', { shape: [2], dtype: dtype as keyof typeof ADDED })
      parameter.initialize({ init: 'zeros' })
      const gradient = hostTensor(dtype as keyof typeof ADDED, [2], data)
      for (let i = 0; i < 2; i++) parameter.accumulate_grad(gradient)
      t.same(numbers(castTensor(parameter.host_grad(), 'float64')), numbers(castTensor(gradient, 'float64')), 'write')
      parameter.zero_grad()
      parameter.grad_req = 'add'
      for (let i = 0; i < 2; i++) parameter.accumulate_grad(gradient)
      t.same(parameter.host_grad().dtype, dtype)
      t.same(numbers(castTensor(parameter.host_grad(), 'float64')), twice, 'add')
      parameter.zero_grad()
      t.same(numbers(parameter.host_grad()), [0, 0])
    })
  })
}

t.test('set_data replaces the value, cast to the parameter\'s dtype, and takes no part of what it was given', async t => {
  inSession(() => {
    const parameter = made({ dtype: 'float16' })
    const given = Float32Array.of(1, 2, 3, 1e-8)
    parameter.set_data(hostTensor('float32', [2, 2], given))
    given.fill(9)
    t.same([...parameter.host().data], [0x3c00, 0x4000, 0x4200, 0])
    refuses(t, () => { parameter.set_data([[1, 2, 3]]) }, 'shape_conflict', 'AssertionError', ['net_w', '(2, 2)', '(1, 3)'])
    const same = made()
    const values = Float32Array.of(1, 2, 3, 4)
    same.set_data(hostTensor('float32', [2, 2], values))
    values.fill(9)
    t.same(numbers(same.host()), [1, 2, 3, 4])
  })
})

t.test('the copy on the device follows every change of the value, and is made once per value', async t => {
  inSession(() => {
    const parameter = made()
    const first = parameter.data()
    t.equal(parameter.data(), first)
    const before = parameter.revision
    parameter.set_data([[5, 6], [7, 8]])
    t.ok(parameter.revision > before)
    t.same(numbers(parameter.data()), [5, 6, 7, 8])
    t.ok(first.isDisposed)
  })
})

t.test('copies on the device are freed when the parameter is drawn again, and by dispose; the value stays', async t => {
  inSession(() => {
    const parameter = made()
    const before = tf.memory().numTensors
    const copy = (): void => {
      parameter.data()
      parameter.derived('same', data => tf.clone(data))
    }
    copy()
    t.equal(tf.memory().numTensors, before + 2)
    parameter.initialize({ init: 'zeros', force_reinit: true })
    t.equal(tf.memory().numTensors, before)
    copy()
    parameter.dispose()
    t.equal(tf.memory().numTensors, before)
    t.same(numbers(parameter.data()), [0, 0, 0, 0])
  })
})

t.test('a derived form is made once per value', async t => {
  inSession(() => {
    const parameter = made()
    let made1 = 0
    const transposed = (): number[] => numbers(parameter.derived('transposed', data => { made1++; return tf.transpose(data) }))
    parameter.set_data([[1, 2], [3, 4]])
    t.same(transposed(), [1, 3, 2, 4])
    transposed()
    parameter.data()
    transposed()
    t.equal(made1, 1, 'also when the value itself was asked for meanwhile')
    parameter.set_data([[1, 0], [3, 4]])
    t.same(transposed(), [1, 3, 0, 4])
    t.equal(made1, 2)
  })
})

t.test('cast converts value and gradient', async t => {
  inSession(() => {
    const parameter = made()
    parameter.set_data([[1.7, -1.7], [0, 2]])
    parameter.accumulate_grad(hostTensor('float32', [2, 2], Float32Array.of(1, 2, 3, 4)))
    parameter.cast('float64')
    t.equal(parameter.dtype, 'float64')
    t.same(numbers(parameter.host()), [Math.fround(1.7), Math.fround(-1.7), 0, 2])
    t.equal(parameter.host_grad().dtype, 'float64')
    t.match(String(parameter), /dtype=float64/)
    parameter.cast('int32')
    t.same(numbers(parameter.host()), [1, -1, 0, 2])
  })
})

t.test('a gradient survives a cast', async t => {
  inSession(() => {
    const parameter = made()
    parameter.accumulate_grad(hostTensor('float32', [2, 2], Float32Array.of(1, 2, 3, 4)))
    parameter.cast('float64')
    t.same(numbers(parameter.host_grad()), [1, 2, 3, 4])
  })
})

t.test('loading makes a parameter ready whatever its state was, and fills unknown dimensions', async t => {
  inSession(() => {
    const value = hostTensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    const parameter = new Parameter('w', { shape: [2, 0] })
    parameter.load(value)
    t.equal(parameter.state, 'ready')
    t.same(parameter.shape, [2, 3])
    refuses(t, () => { parameter.load(hostTensor('float64', [2, 3], new Float64Array(6))) }, 'dtype_conflict', 'AssertionError', ['\'w\'', 'float32', 'float64'])
    parameter.load(hostTensor('float64', [2, 3], Float64Array.of(6, 5, 4, 3, 2, 1)), { cast_dtype: true })
    t.match(parameter, { dtype: 'float32' })
    t.same(numbers(parameter.host()), [6, 5, 4, 3, 2, 1])
    parameter.load(hostTensor('float64', [2, 3], new Float64Array(6)), { cast_dtype: true, dtype_source: 'saved' })
    t.match(parameter, { dtype: 'float64' })
  })
})

t.test('what a snapshot gave, restore puts back: values, settings, and what waits for the first forward', async t => {
  inSession(() => {
    const parameter = new Parameter('w', { shape: [2, 0], allow_deferred_init: true, dtype: 'float64', lr_mult: 3 })
    parameter.initialize({ init: { type: 'Orthogonal', scale: 0.5 } })
    parameter.grad_req = 'add'
    const copy = new Parameter('w')
    copy.restore(parameter.snapshot())
    t.same(copy.snapshot(), parameter.snapshot())
    t.match(copy, { state: 'deferred', grad_req: 'add', lr_mult: 3, dtype: 'float64' })
    parameter.shape = [2, 2]
    parameter.finish_deferred_init()
    const later = new Parameter('w')
    later.restore(parameter.snapshot())
    t.same(numbers(later.host()), numbers(parameter.host()))
    t.equal(String(later), String(parameter))
  })
})

t.test('an array of the library can be the value', async t => {
  inSession(() => {
    const parameter = made()
    parameter.set_data(array([[1, 2], [3, 4]]))
    t.same(numbers(parameter.data()), [1, 2, 3, 4])
  })
})
