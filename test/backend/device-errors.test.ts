import t from 'tap'
import { bytesAsked, deviceErrorIn } from '../../src/backend/device-errors.ts'

/** As TensorFlow's binding throws it. */
const status = (code: number, message: string): string => `Invalid TF_Status: ${code}\nMessage: ${message}`

const POISONED = [
  status(13, 'Failed to complete all kernels launched on stream 0x1f50d730: could not synchronize on CUDA stream: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered'),
  'could not synchronize on CUDA context: CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure :: No stack trace available',
  'failed to synchronize the stop event: CUDA_ERROR_LAUNCH_FAILED',
  'transform: failed to synchronize: cudaErrorAssert: device-side assert triggered',
  'failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_ECC_UNCORRECTABLE: uncorrectable ECC error encountered',
  status(13, 'CUDA error: uncorrectable NVLink error detected during the execution'),
  'CUDA_ERROR_MISALIGNED_ADDRESS: misaligned address',
  'CUDA_ERROR_LAUNCH_TIMEOUT: the launch timed out and was terminated'
]

const OUT_OF_MEMORY: Array<[string, number | undefined]> = [
  [status(8, 'OOM when allocating tensor with shape[1,3688,3688,3] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc'), 3688 * 3688 * 3 * 4],
  [status(8, 'OOM when allocating tensor with shape[100000,1000000] and type int32 on /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu'), 4e11],
  [status(8, 'OOM when allocating tensor with shape[2,8] and type half on device:GPU:0'), 32],
  [status(8, 'OOM when allocating tensor with shape[] and type double on device:GPU:0'), 8],
  [status(8, 'OOM when allocating tensor of shape [30,224] and type float'), 30 * 224 * 4],
  ['failed to allocate 1.97G (2120187392 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY', 2120187392],
  ['Failed copying input tensor from /job:localhost/replica:0/task:0/device:CPU:0 to /job:localhost/replica:0/task:0/device:GPU:0 in order to run _EagerConst: Dst tensor is not initialized.', undefined],
  ['Resource exhausted: MemoryError: Unable to allocate 184. MiB', undefined],
  ['Allocator (GPU_0_bfc) ran out of memory trying to allocate 3.70GiB', undefined],
  ['Array buffer allocation failed', undefined]
]

const SUSPECT = [
  status(13, 'Blas xGEMM launch failed : a.shape=[1,100,784], b.shape=[1,784,256], m=100, n=256, k=784'),
  status(13, 'Blas GEMM launch failed : a.shape=(15998, 494), b.shape=(494, 2048), m=15998, n=2048, k=494'),
  'failed to run cuBLAS routine: CUBLAS_STATUS_EXECUTION_FAILED',
  'failed to create cublas handle: CUBLAS_STATUS_NOT_INITIALIZED',
  status(13, 'cuDNN launch failure : input shape([1,3,933,613]) filter shape([7,7,3,64])'),
  'CUDNN_STATUS_EXECUTION_FAILED\nin tensorflow/stream_executor/cuda/cuda_dnn.cc(3645)',
  'Could not create cudnn handle: CUDNN_STATUS_INTERNAL_ERROR',
  'CUDNN_STATUS_EXECUTION_FAILED_CUDART',
  status(2, 'Failed to get convolution algorithm. This is probably because cuDNN failed to initialize'),
  'stream did not block host until done; was already in an error state'
]

const OTHERS = [
  status(3, 'Expected multiples[0] >= 0, but got -2147483648'),
  status(3, 'Incompatible shapes: [2,3] vs. [4,3]'),
  'Argument \'x\' passed to \'relu\' must be a Tensor',
  'cannot read properties of undefined',
  'The memory of that shape is exhausted',
  ''
]

t.test('errors after which CUDA computes nothing more in a process are known', async t => {
  for (const text of POISONED) t.equal(deviceErrorIn(text), 'poisoned', text)
})

t.test('errors for want of memory are known, and the bytes that were asked for where the text has them', async t => {
  for (const [text, bytes] of OUT_OF_MEMORY) {
    t.equal(deviceErrorIn(text), 'out_of_memory', text)
    t.equal(bytesAsked(text), bytes)
  }
})

t.test('failures of cuBLAS and cuDNN may be either', async t => {
  for (const text of SUSPECT) t.equal(deviceErrorIn(text), 'suspect', text)
})

t.test('other errors are none of the device\'s', async t => {
  for (const text of OTHERS) t.equal(deviceErrorIn(text), undefined, text)
})
