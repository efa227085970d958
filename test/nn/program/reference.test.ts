import t from 'tap'
import * as autograd from '../../../src/nn/autograd/index.ts'
import type { Block } from '../../../src/nn/block.ts'
import type { InitializerSpec } from '../../../src/nn/initializers/index.ts'
import { array, hostOf, type NDArray } from '../../../src/nn/np/array.ts'
import { session } from '../../../src/nn/session.ts'
import { buildSpec } from '../../../src/nn/spec/index.ts'
import type { HostTensor, Shape } from '../../../src/tensor.ts'
import { inSession, reference, registry, toSpec } from './programs.ts'

interface Printed { readonly shape: Shape, readonly values: number[] }
interface Params { readonly params: Array<{ readonly name: string }>, readonly structural?: string[][] }
interface Step {
  readonly [name: string]: unknown
  readonly op: string
  readonly expect?: Record<string, unknown>
  readonly steps?: readonly Step[]
}

type Same = (found: unknown, wanted: unknown, message: string) => void

/** Runs the steps of one case of the reference data that programs are about; what was computed must agree. */
class Replay {
  readonly #same: Same
  readonly #blocks = new Map<string, Block>()
  readonly #arrays = new Map<string, NDArray>()
  readonly #hosts = new Map<string, HostTensor>()

  constructor (same: Same) { this.#same = same }

  run (steps: readonly Step[]): void { for (const step of steps) this.#step(step) }

  #step (step: Step): void {
    const { op, expect } = step
    switch (op) {
      case 'seed': session().random.seed(step.value as number); break
      case 'random': this.#draw(step); break
      case 'build': this.#blocks.set(step.out as string, buildSpec(toSpec(step.block), registry)); break
      case 'initialize': this.#block(step).initialize(step.init === undefined ? {} : { init: toSpec(step.init) as InitializerSpec }); break
      case 'attach_grad': autograd.attach_grad(this.#array(step.tensor as string)); break
      case 'record': autograd.record(() => { this.run(step.steps ?? []); return [...this.#arrays.values()] }); break
      case 'forward': this.#forward(step); break
      case 'backward': this.#backward(step); break
      case 'grads': this.#grads(step); break
      case 'params': this.#params(step); break
      case 'text': if (step.what === 'repr') this.#same(String(this.#blocks.get(step.of as string)), expect?.text, 'repr'); break
      default:
    }
  }

  #draw ({ fn, args, out }: Step): void {
    const { size } = args as { size: Shape }
    const drawn = fn === 'uniform' ? session().random.uniform(0, 1, size) : session().random.normal(0, 1, size)
    this.#hosts.set(out as string, drawn)
    if (fn === 'uniform') this.#arrays.set(out as string, array(drawn))
  }

  #forward (step: Step): void {
    const y = this.#block(step).call(this.#array((step.inputs as string[])[0] as string)) as NDArray
    this.#arrays.set(step.out as string, y)
    this.#close(hostOf(y), step.expect?.tensor as Printed, String(step.out))
  }

  #backward ({ of, head_grad }: Step): void {
    const head = head_grad === undefined ? [] : [this.#hosts.get(head_grad as string) as HostTensor]
    autograd.backward(this.#array(of as string), head)
  }

  #grads (step: Step): void {
    const { params } = step.expect as { params: Record<string, Printed | null> }
    const block = this.#block(step)
    this.#same(block.collect_params().keys(), Object.keys(params), 'parameters')
    for (const [name, expected] of Object.entries(params)) {
      if (expected !== null) this.#close(block.collect_params().at(name).host_grad(), expected, `gradient of ${name}`)
    }
    for (const [name, expected] of Object.entries((step.expect?.tensors ?? {}) as Record<string, Printed>)) {
      this.#close(autograd.grad_of(this.#array(name)), expected, `gradient of ${name}`)
    }
  }

  #params (step: Step): void {
    const { params, structural } = step.expect as unknown as Params
    const block = this.#block(step)
    this.#same(block.collect_params().keys(), params.map(({ name }) => name), 'parameters')
    const paths = [...block.collect_params_with_prefix()].map(([path, { name }]) => [path, name])
    if (structural !== undefined) this.#same(paths, structural, 'structural names')
  }

  #close ({ shape, data }: HostTensor, expected: Printed, what: string): void {
    const largest = Math.max(...expected.values.map(Math.abs))
    const far = expected.values.findIndex((value, i) => !(Math.abs(value - Number(data[i])) <= 1e-5 * Math.abs(value) + 1e-6 * largest))
    this.#same(shape, expected.shape, `shape of ${what}`)
    this.#same(far, -1, `${what} is MXNet's`)
  }

  #block ({ block }: Step): Block { return this.#blocks.get(block as string) as Block }
  #array (name: string): NDArray { return this.#arrays.get(name) as NDArray }
}

for (const id of ['chapter_5_1_session', 'grad_custom_mlp', 'grad_nest', 'grad_mydense', 'grad_fancy', 'grad_residual', 'summary_nested']) {
  t.test(`the programs of ${id} compute what MXNet computed`, async t => {
    inSession(() => { new Replay((found, wanted, message) => t.strictSame(found, wanted, message)).run(reference(id)) })
  })
}
