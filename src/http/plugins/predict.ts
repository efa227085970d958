/** KServe's V1 protocol over HTTP: rows in, rows out, by the operation that answers the Open Inference Protocol. */
import type { FastifyInstance } from 'fastify'
import { modelInfer } from '../../operations/index.ts'
import { parseJson } from '../../wire/parse-json.ts'
import { readTarget } from '../../wire/oip/target.ts'
import { readInstances } from '../../wire/predict/instances.ts'
import { predictionsText } from '../../wire/predict/predictions.ts'
import { admission } from '../admission.ts'
import { sendInference } from '../answer-inference.ts'
import { contextOf } from '../context.ts'
import { bodyOf, speakOip } from '../oip-scope.ts'
import { PREDICT, PREDICT_URL } from '../routes/predict.ts'
import type { InferenceOptions } from './inference.ts'

export default async function predict (app: FastifyInstance, { dataplane, config }: Omit<InferenceOptions, 'health'>): Promise<void> {
  speakOip(app, config.maxBodyBytes)
  app.post(PREDICT_URL, { config: { operation: PREDICT }, ...admission(dataplane, modelInfer) }, async (request, reply) => {
    const target = readTarget(request.params as Record<string, string>)
    const inputs = readInstances(parseJson(bodyOf(request).contiguous()), config)
    const context = contextOf(request, reply, config.requestTimeoutMs)
    const { output } = await dataplane.run(modelInfer, { model: '', ...target, inputs }, context)
    const json = predictionsText(output, inputs[0]?.shape[0] ?? 0)
    return await sendInference(reply, { json, binary: undefined }, request.headers['accept-encoding'])
  })
}
