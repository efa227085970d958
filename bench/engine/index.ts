/**
 * Scenario `engine`: microseconds per call and GFLOP/s of the backends, beside onnxruntime and NumPy, and what the
 * project's layers add. Every contender runs in a process of its own; rounds are interleaved; figures are medians.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { countBars, type Bar } from '../bars.ts'
import { bars, keyValue } from '../tables.ts'
import { contenderBars } from './bars.ts'
import { THREADS, type Setup } from './contenders.ts'
import { layerBars, layerCosts } from './layer-costs.ts'
import { checkAll, startAll, timeAll, type Results, type Runner } from './measure.ts'
import { layers, speeds, times } from './report.ts'
import { writeTensors } from './tensors.ts'

type Print = (line: string) => void

interface Options { readonly native?: string | undefined, readonly python: string, readonly rounds: number }

function optionsFrom (args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { native: { type: 'string' }, python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '7' } }
  })
  const { BLOCKSERVE_NATIVE: fromServer = '' } = process.env
  return { native: values.native ?? (fromServer === '' ? undefined : fromServer), python: values.python, rounds: Number(values.rounds) }
}

/** `--native DIR` (a folder of builds; default: the server's), `--python PATH` (one with NumPy), `--rounds N`. */
export async function engine (print: Print, args: readonly string[]): Promise<string> {
  const { native, python, rounds } = optionsFrom(args)
  const tensors = await mkdtemp(join(tmpdir(), 'blockserve-tensors-'))
  const setup: Setup = { tensors, nativeFolder: native, python }
  print(`${cpus()[0]?.model.trim() ?? 'CPU'}, ${THREADS} threads, Node ${process.versions.node}, ${rounds} rounds`)
  try {
    await writeTensors(tensors)
    const found = [...await contenders(setup, rounds, print), ...await ownLayers(setup, rounds, print)]
    printAll(print, '', ...bars(found))
    return `engine ${found.map(keyValue).join(' ')} passed=${countBars(found, 'pass')} failed=${countBars(found, 'fail')}`
  } finally {
    await rm(tensors, { recursive: true })
  }
}

async function contenders (setup: Setup, rounds: number, print: Print): Promise<Bar[]> {
  const runners = await startAll(setup, print)
  try {
    print(`all answers are right, off by ${(await checkAll(runners, setup)).toExponential(1)} at most`)
    const results = await timeAll(runners, rounds)
    printResults(print, results, runners)
    return contenderBars(results)
  } finally {
    for (const { peer } of runners) peer.close()
  }
}

function printResults (print: Print, results: Results, runners: readonly Runner[]): void {
  printAll(print, '', 'µs per call, host memory to host memory: median (least–most)', '', ...times(results, runners))
  printAll(print, '', 'GFLOP/s', '', ...speeds(results, runners))
}

async function ownLayers (setup: Setup, rounds: number, print: Print): Promise<Bar[]> {
  const costs = await layerCosts(setup, rounds)
  printAll(print, '', 'What the layers of blockserve add, µs per call, 1 thread: median (least–most)', '', ...layers(costs))
  return layerBars(costs)
}

function printAll (print: Print, ...lines: readonly string[]): void {
  for (const line of lines) print(line)
}
