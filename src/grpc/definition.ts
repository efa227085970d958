/** The protocol's definition, as it lies beside the program. */
import { fileURLToPath } from 'node:url'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'

const FILE = fileURLToPath(new URL('../../../proto/inference.proto', import.meta.url))

export const SERVICE = 'inference.GRPCInferenceService'

/** In place of a message that is none. */
export class Malformed {
  readonly reason: string

  constructor (reason: string) { this.reason = reason }
}

/** Integers of 64 bits are texts, so that none loses a digit. */
export const loadDefinition = (): PackageDefinition =>
  loadSync(FILE, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true })

/** The service and its methods. What cannot be read is `Malformed`: the library would call it a fault of the server. */
export function serviceIn (definition: PackageDefinition): ServiceDefinition {
  const methods = Object.entries(definition[SERVICE] as ServiceDefinition)
  return Object.fromEntries(methods.map(([name, method]) => [name, { ...method, requestDeserialize: readerOf(method) }]))
}

function readerOf ({ requestDeserialize }: MethodDefinition<unknown, unknown>): (bytes: Buffer) => unknown {
  return bytes => {
    try {
      return requestDeserialize(bytes)
    } catch (error) {
      return new Malformed((error as Error).message)
    }
  }
}
