import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { BACKEND_ENVIRONMENT, TEST_BACKEND } from '../backends.ts'

const skip = TEST_BACKEND === 'native-cpu' ? false : `the tests compute on ${TEST_BACKEND}`

t.test('the gradient of a filter that strides pass over is right, and writes nowhere else: the process survives it', { skip }, async t => {
  const script = fileURLToPath(new URL('strider.js', import.meta.url))
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, BACKEND_ENVIRONMENT.BLOCKSERVE_NATIVE], {
    encoding: 'utf8', env: { ...process.env, MALLOC_PERTURB_: '9' }
  })
  t.same({ status, signal }, { status: 0, signal: null }, stderr)
  t.ok(Number(stdout) < 1e-4, `at most ${stdout} from JavaScript's`)
})
