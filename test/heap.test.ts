import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const MODULE = new URL('../src/heap.js', import.meta.url).href

/** Tells how often V8 collects everything while 40 MB are in use and, after pauses, 20 MB come and go. */
const BURSTS = `
import { PerformanceObserver, constants } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { letHeapGrow } from '${MODULE}'
letHeapGrow()
const lists = count => Array.from({ length: count }, () => new Array(1000).fill(1.5))
const used = lists(5000)
let collections = 0
new PerformanceObserver(found => {
  collections += found.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length
}).observe({ entryTypes: ['gc'] })
let recent = []
for (let burst = 0; burst < 3; burst++) {
  gc()
  await setTimeout(1000)
  for (let i = 0; i < 40; i++) {
    recent = [...recent.slice(-20), lists(100)]
    await setTimeout(2)
  }
}
await setTimeout(10)
console.log(collections - 3, used.length)
`

t.test('bursts after pauses do not have the whole heap collected, as V8 does by itself', async t => {
  const { stdout, stderr } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', BURSTS])
  t.equal(stdout, '0 5000\n')
  t.equal(stderr, '', 'V8 knows the setting')
})
