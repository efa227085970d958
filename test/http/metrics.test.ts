import t from 'tap'
import type { Observation } from '../../src/dataplane/observation.ts'
import { InferenceMeter } from '../../src/dataplane/inference-meter.ts'
import { fakeApp } from './fake-dataplane.ts'

const ENGINE = {
  state: 'ready', reason: null, pid: 1, restarts: 0, started_at: null, info: null, waiting: 3, waiting_by_model: { m: 2, '': 1 }, sent: 4
} as const

function observation (): Observation {
  const meter = new InferenceMeter()
  const measured = { input_ns: 1e6, infer_ns: 2e9, output_ns: 3e6, rows: 4, batch: 6, leads: true }
  meter.succeed('m', 0, measured, 5e9)
  meter.succeed('m', 0, { ...measured, rows: 2, leads: false }, 5e9, true)
  meter.recall('m', 0, 1000)
  meter.fail('m', 2, 7)
  return {
    inferences: [...meter.all()].map(([model, version, figures]) => ({ model, version, figures })),
    departures: [{ model: 'm', counts: { full: 1, delay: 2, free: 3, share: 4 } }],
    cached: new Map([['m', 4096]]),
    engine: { ...ENGINE, engines: [{ ...ENGINE, sent: 3 }, { ...ENGINE, state: 'restarting', restarts: 5, sent: 1 }] }
  }
}

t.test('inferences, batches, queues and engines are told as they are counted, at every reading anew', async t => {
  const { app } = await fakeApp(t, { observe: observation })
  await app.inject('/metrics')
  const response = await app.inject('/metrics')
  t.match(response.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  for (const line of [
    'blockserve_inference_requests_total{model="m",version="0",outcome="success"} 3',
    'blockserve_inference_requests_total{model="m",version="2",outcome="failure"} 1',
    'blockserve_inference_rows_total{model="m",version="0"} 6',
    'blockserve_inference_executions_total{model="m",version="0"} 1',
    'blockserve_inference_seconds_total{model="m",version="0",phase="infer"} 4',
    'blockserve_cache_requests_total{model="m",version="0",outcome="hit"} 1',
    'blockserve_cache_requests_total{model="m",version="0",outcome="miss"} 1',
    'blockserve_cache_bytes{model="m"} 4096',
    'blockserve_batches_total{model="m",reason="delay"} 2',
    'blockserve_queue_length{model="m"} 2',
    'blockserve_engine_up{engine="1"} 0',
    'blockserve_engine_restarts_total{engine="1"} 5',
    'blockserve_engine_calls{engine="0"} 3'
  ]) t.ok(response.body.includes(`${line}\n`), line)
  t.match(response.body, /^process_resident_memory_bytes \d/m)
})

t.test('requests are timed by operation, method and status; URLs and names make no series of their own', async t => {
  const { app } = await fakeApp(t, { observe: observation })
  for (const url of ['/v1/models/a', '/v1/models/b', '/nothing/1', '/nothing/2']) await app.inject(url)
  const { body } = await app.inject('/metrics')
  t.match(body, /duration_seconds_count\{operation="readModel",method="GET",status="200"\} 2/)
  t.match(body, /duration_seconds_count\{operation="none",method="GET",status="404"\} 2/)
  t.notMatch(body, /nothing/)
})
