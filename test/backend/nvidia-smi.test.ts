import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { gpuNamed, parseGpus, visibleGpus, watchGpu } from '../../src/backend/nvidia-smi.ts'

const H100 = '0, GPU-5f3c8d2e-0000-1111-2222-333344445555, NVIDIA H100 80GB HBM3, 550.54.15, 81559, 80994, 9.0'
const TESLA = '1, GPU-77aa0000-0000-1111-2222-333344445555, Tesla T4, 550.54.15, 15360, [N/A], 7.5'
const ANSWER = `${H100}\n${TESLA}\n`
const UNKNOWN = {
  name: null, uuid: null, compute_capability: null, driver_version: null, memory_total_bytes: null, memory_free_bytes: null
}

t.test('the driver\'s answer is read; what it does not know is null', async t => {
  t.same(gpuNamed(parseGpus(ANSWER), '0'), {
    name: 'NVIDIA H100 80GB HBM3',
    uuid: 'GPU-5f3c8d2e-0000-1111-2222-333344445555',
    compute_capability: '9.0',
    driver_version: '550.54.15',
    memory_total_bytes: 81559 * 2 ** 20,
    memory_free_bytes: 80994 * 2 ** 20
  })
  t.match(gpuNamed(parseGpus(ANSWER), '1'), { name: 'Tesla T4', memory_total_bytes: 15360 * 2 ** 20, memory_free_bytes: null })
  t.match(gpuNamed(parseGpus('0, [Not Supported], A, 1.2, [Unknown Error], 5\n'), '0'), { uuid: null, memory_total_bytes: null, compute_capability: null })
})

t.test('a GPU is found by number or by UUID, also a shortened one; any other name is unknown', async t => {
  const gpus = parseGpus(ANSWER)
  t.equal(gpuNamed(gpus, 'GPU-77aa').name, 'Tesla T4')
  for (const name of ['2', '', '-1', 'MIG-77aa', 'GPU-99', '77aa']) t.same(gpuNamed(gpus, name), UNKNOWN, `'${name}'`)
  t.same(gpuNamed(parseGpus(''), '0'), UNKNOWN)
})

/** A folder with an nvidia-smi that answers as `script` says. */
function driver (t: Test, script: string): string {
  const folder = t.testdir({})
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'nvidia-smi'), 0o755)
  return `${folder}:/usr/bin:/bin`
}

t.test('the driver is asked for the GPU that is visible', async t => {
  const PATH = driver(t, `case "$1" in --query-gpu=index,uuid,name,driver_version,memory.total,memory.free*) printf '%s' '${ANSWER}';; *) exit 2;; esac`)
  const gpu = await watchGpu({ PATH, CUDA_VISIBLE_DEVICES: '1' }, ['1'])
  t.match(gpu.facts(), { name: 'Tesla T4', compute_capability: '7.5' })
  t.equal(gpu.freeBytes(), null)
  t.equal((await watchGpu({ PATH }, [])).freeBytes(), 80994 * 2 ** 20)
})

t.test('a driver too old to know the compute capability tells the rest', async t => {
  const old = `${H100.split(', ').slice(0, 6).join(', ')}`
  const PATH = driver(t, `case "$1" in *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;; *) echo '${old}';; esac`)
  t.match((await watchGpu({ PATH }, [])).facts(), { name: 'NVIDIA H100 80GB HBM3', compute_capability: null, memory_total_bytes: 81559 * 2 ** 20 })
})

t.test('without nvidia-smi, or with one that fails, nothing is known and nothing fails', async t => {
  for (const PATH of [t.testdir({ empty: {} }), driver(t, 'echo "NVIDIA-SMI has failed"; exit 9')]) {
    const gpu = await watchGpu({ PATH }, [])
    t.same(gpu.facts(), UNKNOWN)
    t.equal(gpu.freeBytes(), null)
  }
})

t.test('the GPUs that may be used are those of the user\'s list, else all that the driver knows', async t => {
  const PATH = driver(t, `printf '%s' '${ANSWER}'`)
  t.same(await visibleGpus({ PATH, CUDA_VISIBLE_DEVICES: ' 1, GPU-abc' }), ['1', 'GPU-abc'])
  t.same(await visibleGpus({ PATH, CUDA_VISIBLE_DEVICES: '' }), [])
  t.same(await visibleGpus({ PATH }), parseGpus(ANSWER).map(({ index }) => index))
  t.same(await visibleGpus({ PATH: t.testdir({ empty: {} }) }), [])
})
