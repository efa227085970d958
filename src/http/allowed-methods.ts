/** Which methods a URL answers to, for 405. */
import type { Method } from './routes/route.ts'

export interface Place { readonly method: Method, readonly url: string }

/** A parameter, or two colons, which stand for one. */
const SEGMENT = /(:?):(\w+)/g

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(SEGMENT, (_, colon: string, name: string) => colon === '' ? '[^/]+' : `:${name}`)}$`)

/** A function from a path to the methods of the routes there; empty when nothing is there. */
export function allowedMethods (routes: readonly Place[]): (path: string) => string[] {
  const patterns = new Map<string, { pattern: RegExp, methods: string[] }>()
  for (const { method, url } of routes) {
    const known = patterns.get(url) ?? { pattern: patternOf(url), methods: [] }
    known.methods.push(...method === 'GET' ? ['GET', 'HEAD'] : [method])
    patterns.set(url, known)
  }
  return path => [...new Set([...patterns.values()].flatMap(({ pattern, methods }) => pattern.test(path) ? methods : []))].sort()
}
