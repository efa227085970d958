/** The one command that brings a tool that is missing, as the system at hand spells it. */
import { readFileSync } from 'node:fs'

export type Tool = 'pip' | 'compiler'

interface Manager {
  /** Of /etc/os-release: ID and ID_LIKE. */
  readonly systems: readonly string[]
  readonly install: string
  readonly packages: Readonly<Record<Tool, string>>
}

const MANAGERS: readonly Manager[] = [
  { systems: ['debian', 'ubuntu'], install: 'apt-get install -y', packages: { pip: 'python3-pip', compiler: 'g++' } },
  { systems: ['fedora', 'rhel', 'centos', 'amzn'], install: 'dnf install -y', packages: { pip: 'python3-pip', compiler: 'gcc-c++' } },
  { systems: ['suse', 'opensuse'], install: 'zypper install -y', packages: { pip: 'python3-pip', compiler: 'gcc-c++' } },
  { systems: ['arch'], install: 'pacman -S --needed', packages: { pip: 'python-pip', compiler: 'gcc' } }
]

const ELSEWHERE: Readonly<Record<Tool, string>> = { pip: 'python3 -m ensurepip --user', compiler: 'python3 -m pip install --user ziglang (then CXX="python3 -m ziglang c++")' }

/** `osRelease` is the text of /etc/os-release. */
export function installCommand (tool: Tool, osRelease: string, root: boolean): string {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, names = '']) => names.split(' '))
  const manager = MANAGERS.find(({ systems }) => systems.some(system => ids.includes(system)))
  return manager === undefined ? ELSEWHERE[tool] : `${root ? '' : 'sudo '}${manager.install} ${manager.packages[tool]}`
}

/** The same for this machine and user. */
export function installCommandHere (tool: Tool): string {
  return installCommand(tool, osRelease(), process.getuid?.() === 0)
}

function osRelease (): string {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    // Then the command is one that any system knows.
    return ''
  }
}
