/** Registers the gradient functions of TensorFlow.js, and corrects those that differ from MXNet's or do not work. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'
import { correctConvolutions } from './dilated-convolutions.ts'

type Slope = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const where = (dy: tf.Tensor, condition: tf.Tensor): tf.Tensor => tf.mul(dy, tf.cast(condition, 'float32'))

/** 1 instead of what has no logarithm. */
const positive = (x: tf.Tensor): tf.Tensor => tf.where(tf.greater(x, 0), x, tf.onesLike(x))

/**
 * The gradients at both operands of what broadcasts. TensorFlow.js's do not sum over all dimensions that were broadcast. Where two values
 * are equal, MXNet gives the gradient of the larger and of the smaller to the first.
 */
const BINARY: Readonly<Record<string, readonly [Slope, Slope]>> = {
  Add: [dy => dy, dy => dy],
  Sub: [dy => dy, dy => tf.neg(dy)],
  Multiply: [(dy, _a, b) => tf.mul(dy, b), (dy, a) => tf.mul(dy, a)],
  RealDiv: [(dy, _a, b) => tf.div(dy, b), (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))],
  Pow: [
    (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(positive(a), b), tf.log(positive(a))))
  ],
  Mod: [dy => dy, (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b))))],
  Atan2: [
    (dy, a, b) => tf.mul(dy, tf.div(b, tf.add(tf.square(a), tf.square(b)))),
    (dy, a, b) => tf.neg(tf.mul(dy, tf.div(a, tf.add(tf.square(a), tf.square(b)))))
  ],
  SquaredDifference: [(dy, a, b) => tf.mul(dy, tf.mul(tf.sub(a, b), 2)), (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(b, a), 2))],
  Maximum: [(dy, a, b) => where(dy, tf.greaterEqual(a, b)), (dy, a, b) => where(dy, tf.less(a, b))],
  Minimum: [(dy, a, b) => where(dy, tf.lessEqual(a, b)), (dy, a, b) => where(dy, tf.greater(a, b))]
}

for (const [kernelName, [left, right]] of Object.entries(BINARY)) {
  replaceGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor]
      return { a: () => sumTo(left(dy as tf.Tensor, a, b), a.shape), b: () => sumTo(right(dy as tf.Tensor, a, b), b.shape) }
    }
  })
}

type Backward<A> = (dy: tf.Tensor, x: tf.Tensor, attrs: A) => tf.Tensor

/** The gradient of what takes one tensor. */
function ofOne<A> (kernelName: string, name: string, backward: Backward<A>): void {
  replaceGradient({
    kernelName,
    inputsToSave: [name],
    gradFunc: (dy, [x], attrs) => ({ [name]: () => backward(dy as tf.Tensor, x as tf.Tensor, attrs as unknown as A) })
  })
}

// |x| has slope 0 at 0 (MXNet: sign(x)); TensorFlow.js says −1.
ofOne('Abs', 'x', (dy, x) => tf.mul(dy, tf.sign(x)))

// TensorFlow.js's throws; MXNet divides the product by each factor.
ofOne<tf.ProdAttrs>('Prod', 'x', (dy, x, { axis }) => {
  const product = tf.prod(x, axis, true)
  return tf.mul(tf.reshape(dy, product.shape), tf.div(product, x))
})

// TensorFlow.js's transposes the gradient where the axis is not the last.
ofOne<tf.CumsumAttrs>('Cumsum', 'x', (dy, _x, { axis, exclusive, reverse }) => tf.cumsum(dy, axis, exclusive, !reverse))

// TensorFlow.js's throw for a single part.
ofOne<tf.UnpackAttrs>('Unpack', 'value', (dy, _value, { axis }) => tf.stack([dy].flat(), axis))
ofOne<tf.SplitVAttrs>('SplitV', 'x', (dy, _x, { axis }) => tf.concat([dy].flat(), axis))

// Batches of matrices broadcast, too.
const { gradFunc: products } = tf.getGradient('BatchMatMul')
replaceGradient({
  ...tf.getGradient('BatchMatMul'),
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor]
    const gradients = products(dy, saved, attrs)
    return { a: () => sumTo(gradients['a']?.() as tf.Tensor, a.shape), b: () => sumTo(gradients['b']?.() as tf.Tensor, b.shape) }
  }
})

correctConvolutions(replaceGradient)

function replaceGradient (config: tf.GradConfig): void {
  tf.unregisterGradient(config.kernelName)
  tf.registerGradient(config)
}

/** Sums a gradient over the dimensions that its operand was broadcast along. */
function sumTo (gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const offset = gradient.rank - shape.length
  const axes = gradient.shape.map((_, i) => i).filter(i => i < offset || (shape[i - offset] === 1 && gradient.shape[i] !== 1))
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), [...shape])
}
