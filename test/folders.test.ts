import { writeFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder, PRIVATE } from '../src/folders.ts'
import { openStore } from '../src/store/store.ts'
import { temporaryFolder } from './store/samples.ts'

t.test('a folder is made with those above it, for this user alone, and may be there already', async t => {
  const path = join(temporaryFolder(t), 'a', 'b', 'c')
  for (let turn = 0; turn < 2; turn++) makeFolder(path, PRIVATE)
  t.equal(statSync(path).mode & 0o777, 0o700)
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
})

t.test('where a file is there can be no folder', async t => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, 'x')
  t.throws(() => makeFolder(file), { code: 'EEXIST' })
  t.throws(() => makeFolder(join(file, 'below')), { message: /file/ })
  t.throws(() => openStore(join(file, 'below')), { code: 'storage_failed' })
})

const skip = process.platform === 'linux' ? false : 'there is no /proc'

t.test('a folder that the system denies to make is refused at once, by name', { skip }, async t => {
  for (const options of [{ readOnly: true }, {}] as const) {
    t.throws(() => openStore('/proc/blockserve/data', options as object), { code: 'storage_failed', message: /\/proc\/blockserve/ })
  }
})
