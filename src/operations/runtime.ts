import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { ref } from './schemas/component.ts'
import { Runtime } from './schemas/runtime.ts'

export const readRuntime = defineOperation({
  name: 'readRuntime',
  kind: 'read',
  tag: 'runtime',
  summary: 'What the server runs on',
  description: 'The backend in use, the device, versions, which backends were tried and why they were refused, the engine, memory.',
  input: Type.Object({}),
  output: ref(Runtime),
  errors: []
})
