/** A process that takes the lock of a folder a number of times, and writes down when it came and went. */
import { appendFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { BlockserveError } from '../../src/errors.ts'
import { takeLock } from '../../src/provision/lock.ts'

const [folder = '', log = '', rounds = '0'] = process.argv.slice(2)

async function waitForLock (): Promise<() => void> {
  for (;;) {
    try {
      return takeLock(folder)
    } catch (error) {
      if (!(error instanceof BlockserveError && error.code === 'native_busy')) throw error
      await setImmediate()
    }
  }
}

for (let i = 0; i < Number(rounds); i++) {
  const release = await waitForLock()
  appendFileSync(log, `in ${process.pid}\n`)
  await setImmediate()
  appendFileSync(log, `out ${process.pid}\n`)
  release()
}
