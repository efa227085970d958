/** Runs cases: each in its own session, against every expectation. */
import * as tf from '@tensorflow/tfjs-core'
import * as autograd from '../../src/nn/autograd/index.ts'
import { Context } from './context.ts'
import { describeError, unmet, wrongError } from './expectations.ts'
import type { Case, Group, Step } from './format.ts'
import { COMPUTED, DEEP, NotBuilt, type Received } from './received.ts'
import { STEPS } from './steps/index.ts'

export interface Outcome {
  readonly id: string
  /** The first unmet expectation; undefined when the case passes. */
  readonly reason: string | undefined
}

/** What a step came to: what it received, or the error it threw. */
type Attempt = { readonly received: Received } | { readonly error: unknown }

const DEEP_GROUPS: readonly string[] = ['zoo']
const REASON_LENGTH = 400

/** Runs one case in a fresh session. Everything it makes is freed. */
export async function runCase (found: Case, { group, mode }: Pick<Group, 'group' | 'mode'>): Promise<Outcome> {
  const context = await Context.create(found.mode ?? mode, DEEP_GROUPS.includes(group) ? DEEP : COMPUTED)
  tf.engine().startScope()
  try {
    return { id: found.id, reason: await firstUnmet(context, found) }
  } finally {
    autograd.release()
    tf.engine().endScope()
    await context.dispose()
  }
}

async function firstUnmet (context: Context, { program, kind }: Case): Promise<string | undefined> {
  for (const [i, step] of program.entries()) {
    const reason = judge(step, await attempt(context, step, kind), kind)
    if (reason !== undefined) return shorten(`step ${i} (${step.op}): ${reason}`)
  }
  return undefined
}

async function attempt (context: Context, step: Step, kind: Case['kind']): Promise<Attempt> {
  try {
    const [printed, warned] = [context.printed.length, context.warnings.length]
    const received = await context.session.run(() => perform(context, step, kind))
    return { received: withOutput(context, received, printed, warned) }
  } catch (error) {
    return { error }
  }
}

function perform (context: Context, step: Step, kind: Case['kind']): Received | Promise<Received> {
  if (step.op === 'record') return record(context, step, kind)
  const found = STEPS[step.op]
  if (found === undefined) throw new NotBuilt(`step ${step.op}`)
  return found(context, step as never)
}

/** The steps inside run while recording; a failed one of them does not end it. */
function record (context: Context, { train_mode = true, steps = [] }: Step & { train_mode?: boolean }, kind: Case['kind']): Received {
  if (train_mode && context.moved === 'nothing') context.moved = 'statistics'
  return autograd.record(() => {
    for (const [i, step] of steps.entries()) {
      const inner = judge(step, attemptNow(context, step, kind), kind)
      if (inner !== undefined) return { inner: `step ${i} (${step.op}): ${inner}` }
    }
    return {}
  }, { train_mode })
}

function attemptNow (context: Context, step: Step, kind: Case['kind']): Attempt {
  const [printed, warned] = [context.printed.length, context.warnings.length]
  try {
    const received = perform(context, step, kind)
    if (received instanceof Promise) return { error: new NotBuilt(`step ${step.op} while recording`) }
    return { received: withOutput(context, received, printed, warned) }
  } catch (error) {
    return { error }
  }
}

function withOutput (context: Context, received: Received, printed: number, warned: number): Received {
  return { ...received, stdout: context.printed.slice(printed).map(line => `${line}\n`).join(''), warnings: context.warnings.slice(warned) }
}

/** Next to an error only its kind is compared: what MXNet printed before is its own wording. */
function judge ({ expect = {} }: Step, outcome: Attempt, kind: Case['kind']): string | undefined {
  if ('error' in outcome) return judgeError(expect['error'], outcome.error, kind === 'errors' && Object.keys(expect).length === 0)
  if (outcome.received.inner !== undefined) return outcome.received.inner
  if ('error' in expect) return `expected an error of kind ${(expect['error'] as { class: string }).class}, received none`
  return unmet(expect, outcome.received)
}

function judgeError (expected: unknown, error: unknown, mayFail: boolean): string | undefined {
  if (error instanceof NotBuilt) return error.message
  if (mayFail) return undefined
  if (expected === undefined) return `expected no error, received ${describeError(error)}`
  return wrongError((expected as { class: string }).class, error)
}

const shorten = (reason: string): string => reason.length <= REASON_LENGTH ? reason : `${reason.slice(0, REASON_LENGTH)}…`
