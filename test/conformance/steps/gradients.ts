import * as autograd from '../../../src/nn/autograd/index.ts'
import type { Context } from '../context.ts'
import type { Measured, Received } from '../received.ts'
import { NOTHING, type StepTable } from './step.ts'

function attachGrad (context: Context, { tensor }: { tensor: string }): Received {
  autograd.attach_grad(context.array(tensor))
  return NOTHING
}

function backward (context: Context, { of, head_grad: head }: { of: string, head_grad?: string }): Received {
  autograd.backward(context.array(of), head === undefined ? [] : [context.array(head)])
  return NOTHING
}

function grads (context: Context, { block, tensors = [] }: { block?: string, tensors?: readonly string[] }): Received {
  const all = block === undefined ? [] : context.block(block).collect_params().items()
  const params = all.map(([name, parameter]) => [name, parameter.grad_req === 'null' ? null : context.measured(parameter.host_grad())] as const)
  const arrays = tensors.map(name => [name, context.measured(autograd.grad_of(context.array(name)))] as const)
  return { params: new Map<string, Measured | null>(params), tensors: new Map(arrays) }
}

function zeroGrad (context: Context, { block }: { block: string }): Received {
  context.block(block).collect_params().zero_grad()
  return NOTHING
}

export const GRADIENTS: StepTable = { attach_grad: attachGrad, backward, grads, zero_grad: zeroGrad }
