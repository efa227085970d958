import type { Context } from '../context.ts'
import type { Received } from '../received.ts'

/** Performs one step. Each takes the members its op has. */
export type StepFunction = (context: Context, step: never) => Received | Promise<Received>

export type StepTable = Readonly<Record<string, StepFunction>>

export const NOTHING: Received = {}
