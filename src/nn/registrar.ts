/** The method a `Registrar` calls before an attribute gets a value. It may throw to refuse it. */
export const ASSIGN = Symbol('blockserve.assign')

interface Assigned { [ASSIGN] (name: string, value: unknown, old: unknown): void }

/**
 * Lets a class see assignments to its attributes, class fields included, as Python's `__setattr__` does.
 * A class of its own, because then the private fields of the classes below it live on the proxy and methods find them.
 */
export abstract class Registrar implements Assigned {
  constructor () {
    const proxy: this = new Proxy(this, {
      defineProperty (target, name, descriptor) {
        if (typeof name === 'string' && 'value' in descriptor) proxy[ASSIGN](name, descriptor.value, Reflect.get(target, name, proxy))
        return Reflect.defineProperty(target, name, descriptor)
      }
    })
    return proxy
  }

  abstract [ASSIGN] (name: string, value: unknown, old: unknown): void
}
