/**
 * Compares the carriers with wrk: interleaved rounds, medians, ratios to the bare routes of the same process and round.
 * CPU microseconds per request are the least of the rounds: what else runs on the machine can only add to them.
 */
import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const here = new URL('.', import.meta.url)
const script = new URL('../../../bench/channel/load.lua', here).pathname
const rounds = Number(process.argv[2] ?? 3)
const seconds = Number(process.argv[3] ?? 2)
const everything = [
  'ipc 1 now', 'ipc 1 immediate', 'socket 1 now', 'socket 1 immediate', 'onread 1 immediate', 'blocking 1 immediate', 'blocking 2 immediate'
]
const setups = process.argv.length > 4 ? process.argv.slice(4) : everything

interface Sample { readonly rate: number, readonly p50: number, readonly p99: number }

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

async function load (url: string, kind: string, connections: number): Promise<Sample> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]
  const { stdout } = await promisify(execFile)('wrk', args, { env: { ...process.env, KIND: kind } })
  const [rate = NaN, p50 = NaN, p99 = NaN, errors = NaN] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '').split(' ').map(Number)
  if (errors !== 0) throw new Error(`wrk saw ${errors} errors at ${url}\n${stdout}`)
  return { rate, p50, p99 }
}

async function start (setup: string): Promise<{ child: ChildProcess, url: string }> {
  const front = new URL('front.js', here).pathname
  const child = spawn(process.execPath, [front, ...setup.split(' ')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(createInterface(child.stdout), 'line') as [string]
  return { child, url }
}

/** CPU time a process has used so far, in seconds (ticks of 10 ms). */
function cpuSeconds (pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** A load at 32 connections, and the CPU microseconds per request it cost each process. */
async function costly (url: string, kind: string, pids: string[]): Promise<{ sample: Sample, cpu: number[] }> {
  const before = pids.map(cpuSeconds)
  const sample = await load(url, kind, 32)
  return { sample, cpu: pids.map((pid, i) => (cpuSeconds(pid) - (before[i] ?? 0)) * 1e6 / (sample.rate * seconds)) }
}

async function measure (url: string, kind: string, pids: string[]): Promise<Record<string, number>> {
  const bare = await costly(`${url}/bare/${kind}`, kind, pids)
  const asked = await costly(`${url}/${kind}`, kind, pids)
  const extraMs = (await load(`${url}/${kind}`, kind, 1)).p50 - (await load(`${url}/bare/${kind}`, kind, 1)).p50
  const { rate, p99 } = asked.sample
  const [bareCpu = NaN] = bare.cpu
  const [front = NaN, engine = NaN] = asked.cpu
  return { bare: bare.sample.rate, rate, ratio: rate / bare.sample.rate, p99, extraMs, bareCpu, front, engine }
}

const table = new Map<string, Array<Record<string, number>>>()
for (let round = 0; round < rounds; round++) {
  for (const setup of setups) {
    const { child, url } = await start(setup)
    await load(`${url}/json`, 'json', 32)
    const pids = [String(child.pid), readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()]
    for (const kind of ['json', 'binary']) {
      const key = `${setup} ${kind}`
      table.set(key, [...table.get(key) ?? [], await measure(url, kind, pids)])
    }
    child.kill()
    await once(child, 'exit')
  }
}
for (const [key, samples] of table) {
  const of = (name: string): number => median(samples.map(sample => sample[name] ?? NaN))
  const least = (name: string): string => Math.min(...samples.map(sample => sample[name] ?? NaN)).toFixed(0)
  console.log(`${key.padEnd(28)} rate=${of('rate').toFixed(0)} bare=${of('bare').toFixed(0)} ratio=${of('ratio').toFixed(2)} ` +
    `p99_ms=${of('p99').toFixed(2)} extra_p50_ms=${of('extraMs').toFixed(3)} cpu_us bare=${least('bareCpu')} front=${least('front')} engine=${least('engine')}`)
}
