/** The protocol's definition, as it lies beside the program. */
import { fileURLToPath } from 'node:url'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import type { ServiceDefinition } from '@grpc/grpc-js'

const FILE = fileURLToPath(new URL('../../../proto/inference.proto', import.meta.url))

export const SERVICE = 'inference.GRPCInferenceService'

/** Integers of 64 bits are texts, so that none loses a digit. */
export const loadDefinition = (): PackageDefinition =>
  loadSync(FILE, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true })

/** The service and its methods. */
export const serviceIn = (definition: PackageDefinition): ServiceDefinition => definition[SERVICE] as ServiceDefinition
