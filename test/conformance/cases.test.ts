/** Every case of the committed list passes, and frees what it made. */
import * as tf from '@tensorflow/tfjs-core'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openBackend } from '../backends.ts'
import { readFolder } from './format.ts'
import { readPassing } from './passing.ts'
import { runCase } from './runner.ts'

const { groups } = readFolder(fileURLToPath(new URL('../../../test/fixtures/gluon', import.meta.url)))
await openBackend()

for (const [name, ids] of Object.entries(readPassing())) {
  await t.test(`the listed cases of ${name} give what MXNet gives`, async t => {
    const group = groups.find(({ group }) => group === name)
    for (const id of ids) {
      const found = group?.cases.find(known => known.id === id)
      if (group === undefined || found === undefined) { t.fail(`there is no case ${id} in ${name}`); continue }
      const before = tf.memory().numTensors
      const { reason } = await runCase(found, group)
      t.equal(reason, undefined, id)
      t.equal(tf.memory().numTensors, before, `${id} leaves no tensor behind`)
    }
  })
}
