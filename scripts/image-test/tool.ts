/** What a test needs of a program that builds images and runs containers. */
import type { Ended } from '../process.ts'

/** The part of an image's configuration that is looked at, as Docker writes it. */
export interface ImageConfig {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Env: readonly string[]
  readonly ExposedPorts: Readonly<Record<string, object>>
  readonly Volumes: Readonly<Record<string, object>>
  readonly Labels: Readonly<Record<string, string>>
  readonly WorkingDir: string
  readonly Healthcheck?: { readonly Test: readonly string[] }
}

export interface Image {
  readonly name: string
  readonly bytes: number
  readonly config: ImageConfig
}

/** A folder of the host, seen inside. */
export interface Mount { readonly from: string, readonly to: string }

export interface StartOptions {
  /** Name of a volume of this tool, for /data. */
  readonly volume: string
  readonly mounts?: readonly Mount[]
  readonly env?: Readonly<Record<string, string>>
  /** Read-only root, no capabilities, little memory: as much of it as the tool can. */
  readonly hardened?: boolean
}

export interface Container {
  readonly url: string
  /** What the server has written so far. */
  log (): Promise<string>
  /** Runs a command beside the server. */
  exec (command: readonly string[]): Promise<Ended>
  /** SIGTERM; resolves with the exit code, 137 when it did not end in time. */
  stop (): Promise<number>
  /** Whatever state it is in. */
  remove (): Promise<void>
}

export interface Tool {
  readonly name: string
  /** What is not shown by a test with this tool, in words. */
  readonly notCovered: string
  build (name: string, target: string, options: readonly string[]): Promise<void>
  inspect (name: string): Promise<Image>
  createVolume (image: Image): Promise<string>
  removeVolume (volume: string): Promise<void>
  /** Runs a command in a container of its own, without the server. */
  runOnce (image: Image, command: readonly string[]): Promise<Ended>
  start (image: Image, options: StartOptions): Promise<Container>
}

/** A server that has not ended after SIGTERM by then is killed, s. */
export const STOP_TIMEOUT_S = 20
