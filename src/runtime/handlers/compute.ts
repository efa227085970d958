import { autograd, np, type Argument, type HookHandle, type NDArray, type Output } from '../../nn/index.ts'
import { backward as backwardOperation, forward as forwardOperation } from '../../operations/index.ts'
import type { HostTensor } from '../../tensor.ts'
import { requireBlock } from '../find.ts'
import type { LiveModel } from '../live-model.ts'
import { runBlock } from '../run-block.ts'
import { handler } from './define.ts'

type HostArgument = HostTensor | readonly HostTensor[]

export const forward = handler(forwardOperation, call => {
  const { live, input } = call
  const captured = new Capture(live, input.capture ?? [])
  try {
    const mode = input.train_mode === true ? autograd.train_mode : autograd.predict_mode
    const outputs = mode(() => runBlock(live.block, input.inputs.map(toDevice)))
    return { outputs: toHost(outputs), ...captured.result(), ...call.takeRemarks() }
  } finally {
    captured.detach()
  }
})

export const backward = handler(backwardOperation, call => {
  const { live, input } = call
  const inputs = input.inputs.map(toDevice)
  const variables = inputs.flat().filter(array => array.dtype === 'float32')
  for (const array of variables) autograd.attach_grad(array)
  const outputs = autograd.record(() => runBlock(live.block, inputs), { train_mode: input.train_mode ?? true })
  const heads = [outputs].flat() as NDArray[]
  autograd.backward(heads, input.head_gradients?.flat() as HostTensor[] | undefined)
  return {
    outputs: toHost(outputs),
    input_gradients: inputs.map(gradientOf),
    ...call.takeRemarks()
  }
})

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value)

const toDevice = (value: HostArgument): Argument => isList(value) ? value.map(item => np.array(item)) : np.array(value)

const gradientOf = (argument: Argument): HostArgument => isList(argument) ? argument.map(autograd.grad_of) : autograd.grad_of(argument)

const toHost = (output: Output): HostTensor[] => ([output].flat() as NDArray[]).map(np.hostOf)

/** Takes down what some blocks put out while a model runs. A block that runs more than once is taken at its last. */
class Capture {
  readonly #outputs: Record<string, HostArgument> = {}
  readonly #handles: HookHandle[]

  constructor (live: LiveModel, paths: readonly string[]) {
    this.#handles = paths.map(path => requireBlock(live, path).register_forward_hook((_block, _inputs, output) => {
      if (np.isNDArray(output)) this.#outputs[path] = np.hostOf(output)
      else if (Array.isArray(output)) this.#outputs[path] = (output as NDArray[]).map(np.hostOf)
    }))
  }

  result (): { captured?: Record<string, HostArgument> } {
    return this.#handles.length === 0 ? {} : { captured: this.#outputs }
  }

  detach (): void {
    for (const handle of this.#handles) handle.detach()
  }
}
