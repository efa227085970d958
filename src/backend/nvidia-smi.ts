/** What NVIDIA's driver tells of its GPUs, through its own tool. Where there is no tool nothing is known, which is no error. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { visibleDevice, type Environment } from './native-environment.ts'
import type { GpuFacts, GpuInUse } from './opened.ts'

const COMMAND = 'nvidia-smi'
const FIELDS = ['index', 'uuid', 'name', 'driver_version', 'memory.total', 'memory.free'] as const
/** Drivers before 2022 do not know this one, and then answer nothing at all. */
const NEWER = 'compute_cap'
const OPTIONS = { encoding: 'utf8', timeout: 10_000 } as const
const MIB = 2 ** 20
/** How long facts are told again before the driver is asked anew. */
const FRESH_MS = 5000

const query = (fields: readonly string[]): string[] => [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits']

/** One line of nvidia-smi's answer to `FIELDS`, with or without the compute capability. */
interface Line extends GpuFacts { readonly index: string }

/** The GPUs of an answer in CSV. What the driver does not know it writes in brackets. */
export const parseGpus = (csv: string): readonly Line[] => csv.split('\n').filter(line => line.includes(',')).map(parseLine)

function parseLine (line: string): Line {
  const [index = null, uuid = null, name = null, driver = null, total = null, free = null, capability = null] = line.split(',').map(known)
  return {
    index: index ?? '',
    uuid,
    name,
    compute_capability: capability,
    driver_version: driver,
    memory_total_bytes: mebibytes(total),
    memory_free_bytes: mebibytes(free)
  }
}

function known (cell: string): string | null {
  const text = cell.trim()
  return text === '' || text.startsWith('[') ? null : text
}

const mebibytes = (text: string | null): number | null => text !== null && /^\d+$/.test(text) ? Number(text) * MIB : null

const UNKNOWN: GpuFacts = {
  uuid: null, name: null, compute_capability: null, driver_version: null, memory_total_bytes: null, memory_free_bytes: null
}

/** The GPU that an entry of CUDA_VISIBLE_DEVICES means: a number, or a UUID, which may be shortened. */
export function gpuNamed (gpus: readonly Line[], device: string): GpuFacts {
  const found = gpus.find(({ index, uuid }) => index === device || (device.startsWith('GPU-') && uuid?.startsWith(device) === true))
  if (found === undefined) return UNKNOWN
  const { index: _, ...facts } = found
  return facts
}

/** The GPU in use, when `environment` is the one TensorFlow was loaded with, and `visible` the GPUs that the user lets be seen. */
export async function watchGpu (environment: Environment, visible: readonly string[]): Promise<GpuInUse> {
  const device = visibleDevice(environment)
  const ask = async (): Promise<GpuFacts> => gpuNamed(parseGpus(await askDriver(environment)), device)
  let facts = await ask()
  let askedAt = performance.now()
  const refresh = (): void => {
    askedAt = performance.now()
    // A driver that does not answer gives unknown facts: there is nothing to catch.
    ask().then(newer => { facts = newer }, () => {})
  }
  return {
    visible,
    facts: () => {
      if (performance.now() - askedAt > FRESH_MS) refresh()
      return facts
    },
    freeBytes: () => gpuNamed(parseGpus(askDriverNow(environment)), device).memory_free_bytes
  }
}

/** The GPUs that `environment` lets be seen, as CUDA_VISIBLE_DEVICES names them; without a list all that the driver knows. */
export async function visibleGpus (environment: Environment): Promise<readonly string[]> {
  const { CUDA_VISIBLE_DEVICES: list } = environment
  if (list !== undefined) return list.split(',').map(device => device.trim()).filter(device => device !== '')
  return parseGpus(await askDriver(environment)).map(({ index }) => index)
}

const run = promisify(execFile)

async function askDriver (env: Environment): Promise<string> {
  for (const fields of [[...FIELDS, NEWER], FIELDS]) {
    const answer = await run(COMMAND, query(fields), { ...OPTIONS, env }).catch(() => undefined)
    if (answer !== undefined) return answer.stdout
  }
  return ''
}

function askDriverNow (env: Environment): string {
  try {
    return execFileSync(COMMAND, query(FIELDS), { ...OPTIONS, env, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
