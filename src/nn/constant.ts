import { session } from './session.ts'
import { Initializer, type Weight } from './initializers/initializer.ts'
import { hostOf, type ArrayLike } from './np/array.ts'
import { Parameter, type GradReq } from './parameter.ts'
import type { HostTensor } from '../tensor.ts'
import { castTensor } from './cast.ts'

/** A Parameter that training leaves alone: its gradient requirement is always `null`, its initializer its own value. */
export class Constant extends Parameter {
  readonly value: HostTensor

  constructor (name: string, value: ArrayLike) {
    const host = hostOf(value)
    super(name, { grad_req: 'null', shape: host.shape.length === 0 ? [] : host.shape, dtype: host.dtype, init: new ValueInitializer(host), differentiable: false })
    this.value = host
  }

  override get grad_req (): GradReq { return 'null' }

  override set grad_req (received: GradReq) {
    if (received !== 'null') session().warn(`Constant '${this.name}' is not trained: its grad_req stays 'null'.`)
    this.setGradReq('null')
  }
}

/** Fills a Constant with its value; draws nothing. */
class ValueInitializer extends Initializer {
  readonly #value: HostTensor

  constructor (value: HostTensor) {
    super()
    this.#value = value
  }

  override init_weight (_name: string, weight: Weight): void {
    weight.data.set(castTensor(this.#value, 'float64').data as Float64Array)
  }
}
