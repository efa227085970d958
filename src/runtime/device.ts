import type { GpuInUse } from '../backend/opened.ts'
import type { Request } from '../engine/channel.ts'
import type { EngineReport } from '../operations/engine-report.ts'
import type { EngineAnswer } from '../operations/envelope.ts'
import { readRuntime } from '../operations/index.ts'
import { deviceProblem } from './device-problem.ts'
import type { LiveModels } from './live-models.ts'
import type { ThreadWatch } from './thread-watch.ts'

export type Run = (request: Request) => EngineAnswer

/** What an engine computes on. */
export interface Device {
  readonly name: string
  readonly threads: ThreadWatch
  readonly gpu: GpuInUse | null
}

/** `run`, but the report of the engine tells of its device, and the device's threads take note of every model. */
export function reporting ({ threads, gpu }: Device, models: Pick<LiveModels, 'peek'>, run: Run): Run {
  const told = (): Pick<EngineReport, 'threads' | 'gpu'> => ({ threads: threads.choice, gpu: gpu?.facts() ?? null })
  return request => {
    const answer = run(request)
    const { operation, kind, model } = request
    if (operation === readRuntime.name) return { ...answer, output: { ...answer.output as EngineReport, ...told() } }
    const live = kind === 'read' || model === null ? undefined : models.peek(model)
    if (live !== undefined) threads.note(live.identity.name, live.description)
    return answer
  }
}

/** `run`, but what it throws because of the device is the device's problem. */
export function naming<Input, Output> (device: Device, run: (input: Input) => Output): (input: Input) => Output {
  return input => {
    try {
      return run(input)
    } catch (error) {
      throw deviceProblem(error, device) ?? error
    }
  }
}
