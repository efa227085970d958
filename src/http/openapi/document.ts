/** The OpenAPI 3.1 document: made from the operations and the route table, nothing else. */
import type { TSchema } from 'typebox'
import { components } from '../../operations/schemas/component.ts'
import type { Component } from '../../operations/schemas/component.ts'
import type { Tag } from '../../operations/define.ts'
import { V1_ROUTES } from '../routes/v1/index.ts'
import type { Route } from '../routes/route.ts'
import { healthPaths } from './health-paths.ts'
import { inferencePaths } from './inference-paths.ts'
import { operationObject, requestComponent } from './operation.ts'
import { predictPath } from './predict-path.ts'

const TAGS: Readonly<Record<Tag | 'health', string>> = {
  runtime: 'What the server runs on',
  catalogue: 'Blocks, initializers and losses, with the schemas of their options',
  architectures: 'What models can be built from: modules of the server, and specs stored here',
  models: 'Live networks: make, initialize, run, differentiate, load',
  blocks: 'The blocks inside a model',
  parameters: 'Parameters and gradients: read them, change them',
  checkpoints: 'Saved parameters',
  arrays: 'Named array files',
  inference: 'The Open Inference Protocol: models as other servers offer them',
  repository: 'The Open Inference Protocol: which models are in memory',
  health: 'For whoever watches the server'
}

const INFO = {
  title: 'blockserve',
  version: '1',
  summary: 'Live neural networks behind REST',
  description: 'Create, initialize, inspect, edit, run, differentiate and checkpoint networks made of Blocks, the programming model of MXNet Gluon. ' +
    'Names, shapes, numbers and file bytes follow MXNet 1.9.1.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
}

/** The document as an object of its own: nothing in it is shared with the schemas that validate. */
export function openapiDocument (): object {
  const document = {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    security: [],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: { ...paths(V1_ROUTES), ...inferencePaths(), ...predictPath, ...healthPaths },
    components: { schemas: Object.fromEntries(schemas().map(({ $id, ...schema }) => [$id, schema])) }
  }
  return withoutUnused(JSON.parse(JSON.stringify(document, localReference)) as Referring)
}

interface Referring { readonly paths: object, readonly components: { readonly schemas: Readonly<Record<string, object>> } }

/** Components of the channel only (an upload, a file) have no place in the document. */
function withoutUnused (document: Referring): object {
  const { schemas } = document.components
  const used = new Set<string>()
  const visit = (part: object): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas[name] ?? {})
    }
  }
  visit(document.paths)
  return { ...document, components: { schemas: Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name))) } }
}

const localReference = (key: string, value: unknown): unknown =>
  key === '$ref' && typeof value === 'string' && value.endsWith('#') ? `#/components/schemas/${value.slice(0, -1)}` : value

function paths (routes: readonly Route[]): Record<string, object> {
  const result: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}')
    result[path] = { ...result[path], [route.method.toLowerCase()]: operationObject(route) }
  }
  return result
}

function schemas (): Component[] {
  const requests = V1_ROUTES.flatMap(route => requestComponent(route) ?? [])
  const all: (TSchema & { $id: string })[] = [...components, ...requests]
  return all.sort((a, b) => a.$id < b.$id ? -1 : 1).filter(({ $id }, i) => $id !== all[i - 1]?.$id)
}
