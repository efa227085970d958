import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { openapiDocument } from '../../src/http/openapi/document.ts'
import { V1_ROUTES } from '../../src/http/routes/v1/index.ts'
import { EXAMPLES } from '../../src/operations/examples.ts'
import { fakeApp } from './fake-dataplane.ts'

interface Media { readonly schema: object, readonly examples?: Readonly<Record<string, { value: unknown }>> }
interface Response { readonly description: string, readonly content?: Readonly<Record<string, Media>> }
interface OperationObject {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly { name: string, in: string, schema: object, description: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, Response>>
}
interface Document {
  readonly openapi: string
  readonly tags: readonly { name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const document = openapiDocument() as Document
const operations = Object.values(document.paths).flatMap(item => Object.values(item))
const text = JSON.stringify(document)

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addFormat('name', true).addFormat('binary', true).addSchema(document, 'doc')
const validatorOf = (schema: object) => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object)

t.test('the committed document is what the code says', async t => {
  const committed = readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8')
  t.ok(committed === JSON.stringify(document, null, 2) + '\n', 'run npm run openapi and commit the result')
})

t.test('the server answers the same document', async t => {
  const { app } = await fakeApp(t)
  t.same((await app.inject('/openapi.json')).json(), document)
  t.equal((await app.inject('/docs')).statusCode, 200)
})

t.test('every operation has an id of its own, a summary, one known tag, and described parameters', async t => {
  const ids = operations.map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, ids.length)
  const tags = new Set(document.tags.map(({ name }) => name))
  for (const { operationId, summary, tags: own, parameters = [] } of operations) {
    t.ok(summary !== '' && own.length === 1 && tags.has(own[0]!), operationId)
    for (const { name, description } of parameters) t.ok(description, `${operationId} ${name}`)
  }
})

t.test('every path parameter of a URL is described, and no other', async t => {
  for (const [path, item] of Object.entries(document.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { operationId, parameters = [] } of Object.values(item)) {
      t.same(parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name), named, operationId)
    }
  }
})

t.test('every reference resolves and every component is used', async t => {
  const names = Object.keys(document.components.schemas)
  const used = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!))
  t.same([...used].filter(name => !names.includes(name)), [])
  t.same(names.filter(name => !used.has(name)), [])
  t.notMatch(text, /"\$ref":"[^#]/)
})

t.test('bodies and answers are named components, so that generated clients have types with names', async t => {
  for (const { operationId, requestBody, responses } of operations) {
    const contents = [requestBody, ...Object.values(responses)].flatMap(part => Object.entries(part?.content ?? {}))
    for (const [type, { schema }] of contents) {
      t.ok('$ref' in schema || type === 'application/octet-stream', `${operationId} ${type}`)
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const inner = Object.values((schema as { properties?: Record<string, { properties?: object }> }).properties ?? {})
    t.notOk(inner.some(member => member.properties !== undefined), `${name} has an object without a name`)
  }
})

t.test('every operation documents its problems', async t => {
  const paths = Object.entries(document.paths).filter(([path]) => !path.includes('/health/') && path !== '/metrics')
  for (const [path, item] of paths) {
    const type = /^\/v2|:predict$/.test(path) ? 'application/json' : 'application/problem+json'
    for (const { operationId, responses } of Object.values(item)) {
      const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400)
      for (const status of ['400', '500', '503', '504']) t.ok(status in responses, `${operationId} ${status}`)
      for (const [, { content }] of failures) t.same(Object.keys(content ?? {}), [type])
    }
  }
})

t.test('every component is a valid JSON Schema', async t => {
  for (const [name, schema] of Object.entries(document.components.schemas)) t.doesNotThrow(() => validatorOf(schema), name)
})

t.test('every example fits its schema', async t => {
  for (const { operationId, requestBody, responses } of operations) {
    const medias = [requestBody, ...Object.values(responses)].flatMap(part => Object.values(part?.content ?? {}))
    for (const { schema, examples = {} } of medias) {
      const validate = validatorOf(schema)
      for (const [name, { value }] of Object.entries(examples)) t.ok(validate(value), `${operationId} ${name}: ${JSON.stringify(validate.errors)}`)
    }
  }
})

t.test('every example is a request the server accepts, and its answer is what the server writes', async t => {
  const { app, dataplane } = await fakeApp(t)
  for (const { operation, name, path = {}, query = {}, body } of EXAMPLES) {
    const route = V1_ROUTES.find(candidate => candidate.operation === operation)!
    const url = route.url.replace(/:(\w+)/g, (_, member: string) => encodeURIComponent(String(path[member])))
    const payload = body != null && { payload: body as object }
    const response = await app.inject({ method: route.method, url, query: query as Record<string, string>, ...payload })
    t.equal(response.statusCode, route.status, `${operation.name} ${name}: ${response.body}`)
    t.equal(dataplane.last.operation, operation.name)
  }
  t.equal(new Set(EXAMPLES.map(({ operation, name }) => `${operation.name} ${name}`)).size, EXAMPLES.length)
})

t.test('problems are as documented', async t => {
  const { app } = await fakeApp(t)
  const validate = validatorOf(document.components.schemas.Problem!)
  for (const url of ['/v1/nothing', '/v1/models?limit=0', '/v1/models/stats']) {
    t.ok(validate((await app.inject(url)).json()), JSON.stringify(validate.errors))
  }
})
