/** Run in a process of its own: loads the addon it is given, computes the self-test if the second argument says so, and tells of it. */
import { createRequire } from 'node:module'
import type { Binding } from './native-binding.ts'

const [path = '', depth] = process.argv.slice(2)

/** What the self-test finds wrong. Its modules take longer to load than TensorFlow, so only a trial that computes waits for them. */
async function wrongness (): Promise<string | undefined> {
  const [tf, { registerBinding }, { selfTest }] = await Promise.all([
    import('@tensorflow/tfjs-core'), import('./native-binding.ts'), import('./self-test.ts')
  ])
  registerBinding(path)
  await tf.setBackend('tensorflow')
  return selfTest()
}

const binding = createRequire(import.meta.url)(path) as Binding
const wrong = depth === 'compute' ? await wrongness() : undefined
process.stdout.write(`\n${JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice(), wrong })}`)
