import { Type } from 'typebox'
import { ERRORS } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import { component, ref } from './component.ts'
import { oneOf } from './fields.ts'

export const ProblemMistake = component('ProblemMistake', Type.Object({
  pointer: Type.String({ description: 'JSON pointer to the member of the body, or of the query' }),
  message: Type.String()
}, { additionalProperties: false }))

/** RFC 9457. */
export const Problem = component('Problem', Type.Object({
  type: Type.String({ description: 'Where the code is explained' }),
  title: Type.String({ description: 'The code in words' }),
  status: Type.Integer(),
  detail: Type.String({ description: 'What was received, what was expected, what exists' }),
  remedy: Type.String({ description: 'How to mend it, in general' }),
  instance: Type.String({ description: 'The request id, as the log has it' }),
  code: oneOf(Object.keys(ERRORS) as ErrorCode[]),
  errors: Type.Optional(Type.Array(ref(ProblemMistake)))
}, { additionalProperties: false, description: 'What went wrong (RFC 9457)' }))
