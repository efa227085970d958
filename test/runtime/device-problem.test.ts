import t from 'tap'
import { problem } from '../../src/errors.ts'
import { deviceProblem, type FallibleDevice } from '../../src/runtime/device-problem.ts'

const OOM = 'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1024,256] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc'
const ILLEGAL = 'Invalid TF_Status: 13\nMessage: could not synchronize on CUDA stream: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered\nmore'
const BLAS = 'Invalid TF_Status: 13\nMessage: Blas xGEMM launch failed : a.shape=[1,2,2]'

const gpu = (free: number | null): FallibleDevice => ({ name: 'NVIDIA H100', gpu: { freeBytes: () => free } })
const yes = (): boolean => true

t.test('want of memory is a problem that names the bytes asked for and those free', async t => {
  t.match(deviceProblem(new Error(OOM), gpu(4096)), {
    code: 'device_out_of_memory', status: 507, message: 'The device (NVIDIA H100) has no memory left: 1048576 bytes were asked for, 4096 bytes are free.'
  })
  t.match(deviceProblem(new Error('Dst tensor is not initialized.'), gpu(null))?.message, /an unknown number of bytes were .* an unknown number of bytes are free/)
  t.match(deviceProblem(new Error(OOM), { name: 'AMD EPYC', gpu: null })?.message, /1048576 bytes were asked for, \d+ bytes are free/)
})

t.test('an error that poisons the device is one to try again after, with TensorFlow\'s first line', async t => {
  const found = deviceProblem(new Error(ILLEGAL), gpu(1))
  t.match(found, { code: 'device_failed', status: 503, retryAfter: 5 })
  t.match(found?.message, /\(NVIDIA H100\) failed: could not synchronize on CUDA stream: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered\. The engine/)
})

t.test('a failed library is the device\'s fault only when the device computes nothing else either', async t => {
  t.equal(deviceProblem(new Error(BLAS), gpu(1), yes), undefined)
  t.match(deviceProblem(new Error(BLAS), gpu(1), () => false), { code: 'device_failed', message: /Blas xGEMM launch failed/ })
})

t.test('the error beneath one of the table counts, and other errors are none of the device\'s', async t => {
  const failed = problem('forward_failed', { block: 'dense0', detail: OOM }, { cause: new Error(OOM) })
  t.match(deviceProblem(failed, gpu(1)), { code: 'device_out_of_memory', cause: failed.cause })
  for (const other of [new Error('no'), problem('forward_failed', { block: 'x', detail: ILLEGAL }), 'text', undefined]) {
    t.equal(deviceProblem(other, gpu(1)), undefined, String(other))
  }
})
