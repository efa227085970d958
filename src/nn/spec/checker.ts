import { knownNames } from '../../errors.ts'
import { formatShape, MAX_RANK, sizeOf, type Shape } from '../../tensor.ts'
import type { BlockEntry } from '../block-entry.ts'
import { at, isObject, own, show } from '../json.ts'
import { checkProgram } from '../program/check.ts'
import { plannedParameters } from './bytes.ts'
import { OVERRIDES, overridden, type SpecContext } from './context.ts'
import { Mistakes } from './mistakes.ts'
import { checkMembers, checkOptions } from './options.ts'
import { childSite, enclosing, expandedSite, join, MAX_BLOCKS, MAX_DEPTH, realPaths, type Site } from './site.ts'

type Options = Readonly<Record<string, unknown>>

/** `building`: not complete yet, so nothing may refer to it; `open`: what is inside is not known before it is made. */
interface Known { building: boolean, open: boolean }

/** Finds every mistake of a spec without making anything. */
export class SpecChecker {
  readonly mistakes = new Mistakes()
  /** Bytes of the parameters whose shapes are known. */
  bytes = 0
  readonly #context: SpecContext
  readonly #paths = new Map<string, Known>()
  #blocks = 0

  constructor (context: SpecContext) {
    this.#context = context
  }

  check (spec: unknown, site: Site): void {
    if (++this.#blocks > MAX_BLOCKS) { this.#tooMany(site); return }
    if (site.depth > MAX_DEPTH) { this.#report(site.pointer, `Blocks may be nested ${MAX_DEPTH} deep.`); return }
    if (!isObject(spec)) { this.#report(site.pointer, `Expected a spec, {"type", …options}; received ${show(spec)}.`); return }
    const use = own(spec, 'use')
    if (use !== undefined) this.#checkUse(spec, use, site)
    else this.#checkTyped(spec, own(spec, 'type'), site)
  }

  #checkUse (spec: Options, use: unknown, site: Site): void {
    this.mistakes.add(...checkMembers('A spec with \'use\'', ['use'], spec, site.pointer))
    this.#checkPath(use, at(site.pointer, 'use'), site)
    this.#enter(site, { building: false, open: true })
  }

  #checkTyped (spec: Options, type: unknown, site: Site): void {
    if (typeof type !== 'string') { this.#report(site.pointer, `A spec needs 'type', a string${type === undefined ? '' : `; received ${show(type)}`}.`); return }
    const stored = this.#context.named(type)
    if (stored !== undefined) { this.#checkNamed(type, stored, spec, site); return }
    const entry = this.#context.registry.get(type)
    if (entry === undefined) { this.#unknownType(type, site); return }
    this.#checkEntry(entry, spec, site)
  }

  #checkNamed (type: string, stored: unknown, spec: Options, site: Site): void {
    if (site.within.includes(type)) {
      this.#report(at(site.pointer, 'type'), `'${type}' contains itself: ${[...site.within, type].map(name => `'${name}'`).join(' > ')}.`)
      return
    }
    this.mistakes.add(...checkMembers(`'${type}'`, ['type', ...OVERRIDES], spec, site.pointer))
    if (!isObject(stored)) { this.#report(at(site.pointer, 'type'), `'${type}' is not a spec.`); return }
    this.mistakes.within(type, site.pointer, () => { this.check(overridden(stored, spec), expandedSite(site, type)) })
  }

  #checkEntry (entry: BlockEntry, spec: Options, site: Site): void {
    const { type } = entry
    this.mistakes.add(
      ...checkMembers(type, membersOf(entry), spec, site.pointer),
      ...checkOptions(type, entry.options, spec, site.pointer)
    )
    this.#checkCommon(spec, site)
    if (own(spec, 'share') === undefined) this.#plan(entry, spec, site)
    const known = this.#enter(site, { building: true, open: entry.source === 'module' && entry.spec === undefined })
    if (entry.container) this.#checkChildren(own(spec, 'children'), site)
    if (entry.container && entry.isHybrid === true) this.#checkHybrid(type, own(spec, 'children'), site)
    if (entry.create === undefined) this.#checkProgram(spec, site, known)
    known.building = false
  }

  #checkCommon (spec: Options, site: Site): void {
    const { pointer } = site
    const [prefix, share, scope] = ['prefix', 'share', 'name_scope'].map(name => own(spec, name))
    if (prefix !== undefined && (typeof prefix !== 'string' || prefix.length > 128)) {
      this.#report(at(pointer, 'prefix'), `'prefix' must be a string of at most 128 characters; received ${show(prefix)}.`)
    }
    if (scope !== undefined && typeof scope !== 'boolean') this.#report(at(pointer, 'name_scope'), `'name_scope' must be true or false; received ${show(scope)}.`)
    if (share !== undefined) this.#checkPath(share, at(pointer, 'share'), site)
  }

  #checkChildren (children: unknown, site: Site): void {
    if (children === undefined) return
    if (!Array.isArray(children)) { this.#report(at(site.pointer, 'children'), `'children' must be a list of specs; received ${show(children)}.`); return }
    for (const [i, child] of children.entries()) {
      if (this.#isDone) return
      this.check(child, childSite(site, ['children', i], String(i)))
    }
  }

  #checkHybrid (parent: string, children: unknown, { pointer }: Site): void {
    if (!Array.isArray(children)) return
    for (const [i, child] of children.entries()) {
      const type = isObject(child) ? own(child, 'type') : undefined
      const isHybrid = typeof type === 'string' && this.#context.named(type) === undefined ? this.#context.registry.get(type)?.isHybrid : undefined
      if (isHybrid === false) this.#report(at(pointer, 'children', i), `${parent} takes HybridBlocks only, and ${show(type)} is none.`)
    }
  }

  #checkProgram (spec: Options, site: Site, known: Known): void {
    checkProgram(spec, site.pointer, {
      mistakes: this.mistakes,
      child: (child, pointer, key) => {
        known.open ||= key === undefined
        if (!this.#isDone) this.check(child, childSite(site, pointer, key))
      },
      parameter: (name, shape, bytes, pointer) => { this.#planOne(name, shape, own(spec, 'share') === undefined ? bytes : 0, pointer) }
    })
  }

  #plan (entry: BlockEntry, spec: Options, site: Site): void {
    for (const { name, shape, bytes } of plannedParameters(entry, spec)) this.#planOne(name, shape, bytes, site.pointer)
  }

  #planOne (name: string, shape: Shape, bytes: number, pointer: string): void {
    const { elements } = this.#context.limits
    if (shape.length > MAX_RANK) this.#report(pointer, `'${name}' has rank ${shape.length}, the most is ${MAX_RANK}.`)
    if (sizeOf(shape) > elements) this.#report(pointer, `'${name}' of shape ${formatShape(shape)} has more than ${elements} elements.`)
    this.bytes += bytes
  }

  /** A path must lead to a block that is complete when this one is made. */
  #checkPath (path: unknown, pointer: string, site: Site): void {
    if (typeof path !== 'string') { this.#report(pointer, `Expected the path of an earlier block, such as "0.1"; received ${show(path)}.`); return }
    if (this.#context.blocks.has(path)) return
    const wanted = join(site.base, path)
    for (const around of enclosing(wanted)) {
      const known = this.#paths.get(around)
      if (known === undefined) continue
      if (around === wanted ? !known.building : known.open) return
      break
    }
    const complete = [...this.#paths].filter(([, known]) => !known.building).map(([name]) => name)
    this.#report(pointer, `There is no complete block at '${path}' before this one. ${knownNames('blocks', realPaths(complete))}`)
  }

  #enter (site: Site, known: Known): Known {
    this.#paths.set(site.path, known)
    return known
  }

  #unknownType (type: string, site: Site): void {
    this.#report(at(site.pointer, 'type'), `There is no block type ${show(type)}. ${knownNames('types', this.#context.registry.types())}`)
  }

  get #isDone (): boolean { return this.#blocks > MAX_BLOCKS || this.mistakes.isFull }

  #tooMany (site: Site): void {
    if (this.#blocks === MAX_BLOCKS + 1) this.#report(site.pointer, `A model may have ${MAX_BLOCKS} blocks; this one is beyond that.`)
  }

  #report (pointer: string, message: string): void {
    this.mistakes.report(pointer, message)
  }
}

/** All members a spec of this type may have. */
function membersOf (entry: BlockEntry): string[] {
  const scoped = entry.container || entry.create === undefined
  return [
    'type', ...Object.keys(entry.options.properties),
    ...(entry.isBlock ? ['prefix', 'share'] : []), ...(entry.container ? ['children'] : []), ...(scoped ? ['name_scope'] : [])
  ]
}
