/** KServe's V1 protocol in the OpenAPI document. */
import { ERRORS } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import { modelInfer } from '../../operations/index.ts'
import { ref } from '../../operations/schemas/component.ts'
import type { Component } from '../../operations/schemas/component.ts'
import { JSON_TYPE, oipStatus } from '../oip-errors.ts'
import { PREDICT, PREDICT_PLACE, PredictRequest, PredictResponse } from '../routes/predict.ts'
import { InferenceError } from '../routes/v2/schemas.ts'
import { ENCODING, pathParameter } from './inference-paths.ts'
import { TIMEOUT } from './operation.ts'
import { problemResponses } from './problem-responses.ts'

const EXAMPLES = { rows: { summary: 'Two instances of a model with one input', value: { instances: [[1, 2, 3], [4, 5, 6]] } } }

const operation = { ...modelInfer, errors: [...modelInfer.errors, 'not_by_row'] as const }
const json = (schema: Component): object => ({ [JSON_TYPE]: { schema: ref(schema) } })
const errors = { statusOf: (code: ErrorCode) => oipStatus(ERRORS[code]), contentOf: () => json(InferenceError) }

export const predictPath = {
  [PREDICT_PLACE.url.replace(':model:', '{model_name}')]: {
    post: {
      operationId: PREDICT,
      summary: 'Run a model on rows',
      description: 'KServe\'s V1 protocol. Of its other paths GET /v1/models and GET /v1/models/{model} are this server\'s own; V2 tells what V1 does.',
      tags: [modelInfer.tag],
      parameters: [pathParameter(modelInfer, 'model'), TIMEOUT, ENCODING],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: ref(PredictRequest), examples: EXAMPLES } } },
      responses: {
        200: { description: 'A prediction for each instance', content: json(PredictResponse) },
        ...problemResponses(operation, true, errors)
      }
    }
  }
}
