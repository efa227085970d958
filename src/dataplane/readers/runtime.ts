import type { EngineStatus } from '../../engine/engine.ts'
import type { EngineReport } from '../../operations/engine-report.ts'
import type { EngineHello } from '../../operations/hello.ts'
import { readRuntime, type Output } from '../../operations/index.ts'
import { askAll } from '../ask-all.ts'
import { reader } from '../reader.ts'

type Reports = ReadonlyArray<EngineReport | undefined>
type View = Output<typeof readRuntime>

/** Answers also while no engine is ready: then what only an engine knows is null. */
export const runtime = reader(readRuntime, async (sources, input, context) => {
  const { engine, store } = sources
  const reports = await askAll<EngineReport>(sources, readRuntime, input, context)
  const { engines, state, reason, pid, restarts, waiting, info } = engine.status()
  const hello = info as EngineHello | null | undefined
  const [first] = reports
  return {
    output: {
      backend: hello?.backend ?? null,
      device: hello?.device ?? null,
      versions: hello?.versions ?? { node: process.versions.node },
      backends: [...hello?.backends ?? []],
      threads: first?.threads ?? null,
      gpu: first?.gpu ?? null,
      placement: engines.map((status, i) => placementOf(status, i, reports[i], store.modelCount())),
      engine: { state, reason, pid, restarts, waiting },
      memory: { server_bytes: process.memoryUsage.rss(), ...memoryOf(reports) }
    }
  }
})

function placementOf (
  { state, pid, restarts, info }: EngineStatus['engines'][number], engine: number, report: EngineReport | undefined, models: number
): View['placement'][number] {
  const device = (info as EngineHello | null)?.device ?? null
  const loaded = report?.loaded
  return { engine, state, pid, restarts, device, threads: report?.threads?.value ?? null, models, loaded: loaded ? [...loaded] : null }
}

/** Of all engines that answer; null when none does. */
function memoryOf (reports: Reports): Omit<View['memory'], 'server_bytes'> {
  const known = reports.flatMap(report => report === undefined ? [] : [report.memory])
  const sum = (member: keyof EngineReport['memory']): number | null =>
    known.length === 0 ? null : known.reduce((total, memory) => total + (memory[member] ?? 0), 0)
  return { engine_bytes: sum('engine_bytes'), tensors: sum('tensors'), tensor_bytes: sum('tensor_bytes') }
}
