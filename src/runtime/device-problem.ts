import { freemem } from 'node:os'
import { bytesAsked, deviceErrorIn } from '../backend/device-errors.ts'
import type { GpuInUse } from '../backend/opened.ts'
import { selfTest } from '../backend/self-test.ts'
import { BlockserveError, problem } from '../errors.ts'

/** A device as its problems name it. */
export interface FallibleDevice {
  readonly name: string
  readonly gpu: Pick<GpuInUse, 'freeBytes'> | null
}

/**
 * The problem with the device that `error` tells of: `device_out_of_memory`, or `device_failed`, after which this process can compute no
 * more. Undefined when the error is about something else. `works` tries whether the device still computes.
 */
export function deviceProblem (error: unknown, device: FallibleDevice, works: () => boolean = stillComputes): BlockserveError | undefined {
  const cause = origin(error)
  if (cause === undefined) return undefined
  switch (deviceErrorIn(cause.message)) {
    case 'out_of_memory': return outOfMemory(cause, device)
    case 'poisoned': return failed(cause, device)
    case 'suspect': return works() ? undefined : failed(cause, device)
    default: return undefined
  }
}

/** What was thrown first, when that is no error of the table: those speak of other things. */
function origin (error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return origin(error.cause) ?? (error instanceof BlockserveError ? undefined : error)
}

function outOfMemory (cause: Error, { name, gpu }: FallibleDevice): BlockserveError {
  const free = gpu === null ? freemem() : gpu.freeBytes()
  return problem('device_out_of_memory', { device: name, asked: bytes(bytesAsked(cause.message)), free: bytes(free) }, { cause })
}

const bytes = (count: number | null | undefined): string => count == null ? 'an unknown number of bytes' : `${count} bytes`

const RESTART_SECONDS = 5

function failed (cause: Error, { name }: FallibleDevice): BlockserveError {
  const [detail = ''] = cause.message.replace(/^Invalid TF_Status: \d+\nMessage: /, '').split('\n')
  return problem('device_failed', { device: name, detail }, { cause, retryAfter: RESTART_SECONDS })
}

function stillComputes (): boolean {
  try {
    return selfTest() === undefined
  } catch {
    return false
  }
}
