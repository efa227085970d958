/** A process of its own that chooses a backend as the server does with `auto`, and tells which on its last line of output. */
import { dirname } from 'node:path'
import { selectBackend } from '../backend/select.ts'
import type { Choice } from './choice.ts'

const report = await selectBackend({ want: 'auto', nativeFolder: process.argv[2] })
const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] }
const addon = sharedObjects.find(file => file.endsWith('/tfjs_binding.node'))
const { backend, device, attempts } = report
const choice: Choice = { backend, device, attempts, build: addon === undefined || !backend.startsWith('native') ? null : dirname(addon) }
process.stdout.write(`\n${JSON.stringify(choice)}\n`)
