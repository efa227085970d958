/**
 * A process that writes revision after revision of the model 'm', each in one transaction, and acknowledges each with a line.
 * Usage: writer FOLDER stream (as fast as it can) | step (one per line of its input) | once.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openStore } from '../../src/store/store.ts'
import { writeRevision } from './revisions.ts'

const [folder = '', mode] = process.argv.slice(2)
const store = openStore(folder)
const acknowledge = (line: number | string): void => { writeSync(1, `${line}\n`) }

acknowledge('ready')
if (mode === 'stream') {
  for (;;) acknowledge(writeRevision(store))
}
if (mode === 'once') process.exit(writeRevision(store) > 0 ? 0 : 1)
createInterface({ input: process.stdin }).on('line', () => acknowledge(writeRevision(store)))
