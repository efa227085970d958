/** Docker, and Podman, which has the same commands. */
import { run, succeed } from '../process.ts'
import type { Container, Image, ImageConfig, StartOptions, Tool } from './tool.ts'
import { STOP_TIMEOUT_S } from './tool.ts'

const HARDENED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--memory=1g']

/** An option and its value for each entry. */
const each = (option: string, values: readonly string[]): string[] => values.flatMap(value => [option, value])

interface Inspected { readonly Size: number, readonly Config: ImageConfig, readonly Healthcheck?: { readonly Test: readonly string[] } }

/** `runOptions` are added to `docker run`, such as `--gpus=all`. */
export function docker (program: 'docker' | 'podman', runOptions: readonly string[]): Tool {
  return {
    name: program,
    notCovered: 'an orchestrator',
    async build (name, target, options) {
      const format = program === 'podman' ? ['--format', 'docker'] : []
      await succeed(program, ['build', ...format, '--target', target, '--tag', name, ...options, '.'], { shown: true })
    },
    async inspect (name) {
      const [image] = JSON.parse(await succeed(program, ['image', 'inspect', name])) as [Inspected]
      // Podman keeps the health check beside the configuration.
      const check = image.Config.Healthcheck ?? image.Healthcheck
      return { name, bytes: image.Size, config: { ...image.Config, ...check !== undefined && { Healthcheck: check } } }
    },
    createVolume: () => succeed(program, ['volume', 'create']),
    async removeVolume (volume) { await succeed(program, ['volume', 'rm', volume]) },
    runOnce: (image, [command = '', ...args]) => run(program, ['run', '--rm', ...runOptions, '--entrypoint', command, image.name, ...args]),
    start: (image, options) => start(program, image, [...runOptions, ...optionsOf(options)])
  }
}

const optionsOf = ({ volume, mounts = [], env = {}, hardened = false }: StartOptions): string[] => [
  '--volume', `${volume}:/data`,
  ...each('--volume', mounts.map(({ from, to }) => `${from}:${to}:ro`)),
  ...each('--env', Object.entries(env).map(([name, value]) => `${name}=${value}`)),
  ...hardened ? HARDENED : []
]

async function start (program: string, { name }: Image, options: readonly string[]): Promise<Container> {
  const id = await succeed(program, ['run', '--detach', '--publish', '127.0.0.1::8080', ...options, name])
  const address = await succeed(program, ['port', id, '8080'])
  return {
    url: `http://${address.split('\n')[0]}`,
    async log () {
      const { stdout, stderr } = await run(program, ['logs', id])
      return stdout + stderr
    },
    exec: command => run(program, ['exec', id, ...command]),
    async stop () {
      await succeed(program, ['stop', '-t', String(STOP_TIMEOUT_S), id])
      return Number(await succeed(program, ['inspect', '--format', '{{.State.ExitCode}}', id]))
    },
    async remove () { await run(program, ['rm', '--force', '--volumes', id]) }
  }
}
