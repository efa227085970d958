import t from 'tap'
import { chosenThreads, nativeEnvironment, visibleDevice } from '../../src/backend/native-environment.ts'

const threads = { value: 3, reason: 'a test' }
const suggested = { native: { value: 2, reason: 'auto' }, wasm: { value: 9, reason: 'auto' } }

t.test('on a GPU TensorFlow grows its memory, keeps compiled kernels, and sees one GPU, counted as nvidia-smi does, and rounds no factors', async t => {
  t.same(nativeEnvironment({}, { gpu: true, threads, cudaCache: '/kept' }), {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_NUM_INTRAOP_THREADS: '3',
    TF_NUM_INTEROP_THREADS: '1',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    NVIDIA_TF32_OVERRIDE: '0',
    CUDA_CACHE_PATH: '/kept',
    CUDA_CACHE_MAXSIZE: '4294967296',
    CUDA_VISIBLE_DEVICES: '0'
  })
})

t.test('on the CPU no GPU is seen, also not one the user names', async t => {
  const expected = { TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '-1' }
  t.same(nativeEnvironment({ CUDA_VISIBLE_DEVICES: '1' }, { gpu: false, threads: undefined, cudaCache: undefined }), expected)
})

t.test('what the user set stays; an empty value is not set', async t => {
  const user = { TF_CPP_MIN_LOG_LEVEL: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'false', CUDA_CACHE_PATH: '/mine', CUDA_CACHE_MAXSIZE: '', TF_NUM_INTEROP_THREADS: '4', NVIDIA_TF32_OVERRIDE: '1' }
  const { CUDA_DEVICE_ORDER, CUDA_CACHE_MAXSIZE, CUDA_VISIBLE_DEVICES, TF_NUM_INTRAOP_THREADS, ...rest } =
    nativeEnvironment(user, { gpu: true, threads, cudaCache: '/kept' })
  t.same([CUDA_DEVICE_ORDER, CUDA_CACHE_MAXSIZE, CUDA_VISIBLE_DEVICES, TF_NUM_INTRAOP_THREADS], ['PCI_BUS_ID', '4294967296', '0', '3'])
  t.same(rest, {}, 'nothing else is touched')
})

t.test('of several visible GPUs the first is used; a hidden one stays hidden', async t => {
  const cases: Array<[string | undefined, string]> =
    [[undefined, '0'], ['2,3', '2'], [' 1 , 0', '1'], ['GPU-8932f937,GPU-1', 'GPU-8932f937'], ['', ''], ['-1,0', '-1'], ['MIG-2d1f', 'MIG-2d1f']]
  for (const [list, device] of cases) t.equal(visibleDevice({ CUDA_VISIBLE_DEVICES: list }), device)
})

t.test('threads: the setting wins, then the user\'s environment, then what suits the models', async t => {
  const user = { TF_NUM_INTRAOP_THREADS: '8' }
  t.match(chosenThreads(user, { threads: 3, suggestedThreads: suggested }), { value: 3, reason: /BLOCKSERVE_THREADS/ })
  t.match(chosenThreads(user, { suggestedThreads: suggested }), { value: 8, reason: /TF_NUM_INTRAOP_THREADS/ })
  t.equal(chosenThreads({}, { suggestedThreads: suggested }), suggested.native)
  t.equal(chosenThreads({ TF_NUM_INTRAOP_THREADS: '0' }, {}), undefined, 'TensorFlow takes 0 as its own choice')
})
