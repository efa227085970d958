/** KServe's V1 protocol: where its one operation stands that is not our own API's, and what it puts on the wire. */
import { Type } from 'typebox'
import { component } from '../../operations/schemas/component.ts'

export const PREDICT = 'modelPredict'

/** Names of models have no colon. */
export const PREDICT_URL = '/v1/models/:model(^[^:]+$)::predict'

/** The same without the pattern of the name. */
export const PREDICT_PLACE = { method: 'POST', url: '/v1/models/:model::predict' } as const

const ROWS = 'Numbers, or nested lists of them; "NaN", "Infinity" and "-Infinity" are values, too.'

export const PredictRequest = component('PredictRequest', Type.Object({
  instances: Type.Optional(Type.Unsafe<readonly unknown[]>({
    type: 'array', minItems: 1, items: {}, description: `For each instance the row of the only input, or an object of rows by input name. ${ROWS}`
  })),
  inputs: Type.Optional(Type.Unsafe({
    type: ['array', 'object'], description: 'In place of instances: the same list, or an object that holds for each input the list of its rows'
  }))
}, { oneOf: [{ required: ['instances'] }, { required: ['inputs'] }], description: 'Members that are not known are ignored.' }))

export const PredictResponse = component('PredictResponse', Type.Object({
  predictions: Type.Unsafe<readonly unknown[]>({
    type: 'array', items: {}, description: 'For each instance the row of the only output, or an object of rows by output name'
  })
}, { additionalProperties: false }))
