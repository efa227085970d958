/** The servers that blockserve is compared with: how each is installed and started, at its best setting for 784-256-10 on two cores. */
import { join } from 'node:path'
import type { BodyKind } from './bodies.ts'

/** What a peer is started with. */
export interface Place {
  /** Programs of its virtual environment. */
  readonly bin: string
  /** Folder of the scripts. */
  readonly scripts: string
  /** A folder of its own, which goes when it has stopped. */
  readonly scratch: string
  readonly port: number
}

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files written into the scratch folder first, by name; it becomes the working directory. */
  readonly files?: Readonly<Record<string, string>>
}

export interface Comparison {
  readonly key: string
  readonly body: BodyKind
  /** How many times its requests per second blockserve must reach. */
  readonly limit: number
}

export interface PeerServer {
  /** Also the name of its virtual environment. */
  readonly name: string
  readonly title: string
  readonly requirements: readonly string[]
  readonly path: string
  readonly comparisons: readonly Comparison[]
  launch (place: Place): Launch
}

const NUMPY = 'numpy==2.4.6'
const HTTPTOOLS = 'httptools==0.7.1'
const INFER = '/v2/models/mlp/infer'
const PREDICT = '/predict'

const script = (file: string, env: Launch['env'] = {}) => ({ bin, scripts }: Place): Launch =>
  ({ command: join(bin, 'python'), args: [join(scripts, file)], env })

export const PEERS: readonly PeerServer[] = [
  {
    name: 'fastapi',
    title: 'FastAPI, 1 worker',
    requirements: ['fastapi==0.165.0', 'uvicorn[standard]==0.54.0', NUMPY],
    path: PREDICT,
    comparisons: [{ key: 'fastapi', body: 'plain', limit: 2.5 }],
    launch: script('serve_fastapi.py')
  },
  {
    name: 'mlserver',
    title: 'MLServer, no parallel workers',
    // With a later uvloop its workers do not start. uvicorn parses with httptools where it is there.
    requirements: ['mlserver==1.7.1', 'uvloop==0.21.0', HTTPTOOLS, NUMPY],
    path: INFER,
    comparisons: [{ key: 'mlserver_json', body: 'json', limit: 4 }],
    launch: ({ bin, scripts, port }) => ({
      command: join(bin, 'mlserver'),
      args: ['start', '.'],
      env: { PYTHONPATH: scripts },
      files: {
        'settings.json': JSON.stringify({
          host: '127.0.0.1', http_port: port, grpc_port: port + 1, metrics_port: port + 2, parallel_workers: 0, debug: false
        }),
        'model-settings.json': JSON.stringify({
          name: 'mlp', implementation: 'mlserver_runtime.MlpRuntime', inputs: [{ name: 'data', datatype: 'FP32', shape: [-1, 784] }]
        })
      }
    })
  },
  {
    name: 'kserve',
    title: 'KServe, 1 worker',
    requirements: ['kserve==0.21.0', NUMPY],
    path: INFER,
    comparisons: [{ key: 'kserve_json', body: 'json', limit: 6 }, { key: 'kserve_binary', body: 'binary', limit: 10 }],
    launch: script('serve_kserve.py')
  },
  {
    name: 'litserve',
    title: 'LitServe, no batching',
    requirements: ['litserve==0.2.19', NUMPY],
    path: PREDICT,
    comparisons: [{ key: 'litserve', body: 'plain', limit: 10 }],
    launch: script('serve_litserve.py', { LITSERVE_BATCH: '1' })
  },
  {
    name: 'bentoml',
    title: 'BentoML, 2 workers',
    requirements: ['bentoml==1.4.39', 'uvloop==0.23.0', HTTPTOOLS, NUMPY],
    path: PREDICT,
    comparisons: [{ key: 'bentoml', body: 'plain', limit: 10 }],
    launch: ({ bin, scripts, scratch, port }) => ({
      command: join(bin, 'bentoml'),
      args: ['serve', 'serve_bentoml:Mlp784', '--host', '127.0.0.1', '--port', String(port), '--working-dir', scripts],
      env: { BENTO_WORKERS: '2', BENTOML_DO_NOT_TRACK: 'true', BENTOML_HOME: join(scratch, 'bento') }
    })
  },
  {
    name: 'ray',
    title: 'Ray Serve, 1 replica',
    requirements: ['ray[serve]==2.60.0', NUMPY],
    path: PREDICT,
    comparisons: [{ key: 'ray', body: 'plain', limit: 10 }],
    launch: script('serve_ray.py', { RAY_USAGE_STATS_ENABLED: '0', RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO: '0' })
  }
]
