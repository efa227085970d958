/** Registers the gradient functions of TensorFlow.js, and corrects those that differ from MXNet's. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

// |x| has slope 0 at 0 (MXNet: sign(x)); TensorFlow.js says −1.
tf.unregisterGradient('Abs')
tf.registerGradient({
  kernelName: 'Abs',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(x as tf.Tensor)) })
})

// TensorFlow.js does not sum these over dimensions that were broadcast. Where the values are equal MXNet gives the gradient to the first.
replaceGradient('Maximum', (dy, a, b) => [tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')), tf.mul(dy, tf.cast(tf.less(a, b), 'float32'))])
replaceGradient('Minimum', (dy, a, b) => [tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')), tf.mul(dy, tf.cast(tf.greater(a, b), 'float32'))])

function replaceGradient (kernelName: string, parts: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => [tf.Tensor, tf.Tensor]): void {
  tf.unregisterGradient(kernelName)
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const [left, right] = [a as tf.Tensor, b as tf.Tensor]
      return {
        a: () => sumTo(parts(dy as tf.Tensor, left, right)[0], left.shape),
        b: () => sumTo(parts(dy as tf.Tensor, left, right)[1], right.shape)
      }
    }
  })
}

/** Sums a gradient over the dimensions that its operand was broadcast along. */
function sumTo (gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const offset = gradient.rank - shape.length
  const axes = gradient.shape.map((_, i) => i).filter(i => i < offset || (shape[i - offset] === 1 && gradient.shape[i] !== 1))
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), [...shape])
}
