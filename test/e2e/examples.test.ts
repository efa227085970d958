import t from 'tap'
import { V1_ROUTES } from '../../src/http/routes/v1/index.ts'
import { EXAMPLES, type Example } from '../../src/operations/examples.ts'
import { startServer } from './server.ts'

const TIMES = /\/(created_at|updated_at)$/

/** Where two JSON values differ: numbers by more than 1e-6 of their size, times never. */
function differences (wanted: unknown, found: unknown, at = ''): string[] {
  if (TIMES.test(at)) return []
  if (typeof wanted === 'number' && typeof found === 'number') {
    return Math.abs(wanted - found) <= 1e-6 * Math.max(1, Math.abs(wanted)) ? [] : [`${at}: ${found} in place of ${wanted}`]
  }
  if (typeof wanted !== 'object' || wanted === null || typeof found !== 'object' || found === null) {
    return wanted === found ? [] : [`${at}: ${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`]
  }
  const members = new Set([...Object.keys(wanted), ...Object.keys(found)])
  const member = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
  return [...members].flatMap(key => differences(member(wanted, key), member(found, key), `${at}/${key}`))
}

function requestOf ({ operation, path = {}, query = {} }: Example): [method: string, url: string] {
  const route = V1_ROUTES.find(({ operation: { name } }) => name === operation.name)
  if (route === undefined) throw new Error(`no route serves ${operation.name}`)
  const place = route.url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(path[name])))
  const search = new URLSearchParams(Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))).toString()
  return [route.method, search === '' ? place : `${place}?${search}`]
}

t.test('the examples of the OpenAPI document are what a fresh server answers, one after the other', async t => {
  const server = await startServer(t)
  for (const example of EXAMPLES) {
    const [method, url] = requestOf(example)
    const { status, body } = await server.request(method, url, example.body)
    t.ok(status < 300, `${example.operation.name} ${example.name}: ${status}`)
    if (example.response !== undefined) t.same(differences(example.response, body), [], `${example.operation.name} ${example.name}`)
  }
})
