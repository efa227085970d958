/** Registers the gradient functions of TensorFlow.js, and corrects the one that differs from MXNet's. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

// |x| has slope 0 at 0 (MXNet: sign(x)); TensorFlow.js says −1.
tf.unregisterGradient('Abs')
tf.registerGradient({
  kernelName: 'Abs',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(x as tf.Tensor)) })
})
