import { Type } from 'typebox'
import { defineOperation } from './define.ts'
import { BlockView } from './schemas/block.ts'
import { ref } from './schemas/component.ts'
import { modelName as model } from './schemas/fields.ts'

export const readBlock = defineOperation({
  name: 'readBlock',
  kind: 'read',
  tag: 'blocks',
  summary: 'A sub-block: the tree below it, its repr, its own parameters',
  input: Type.Object({ model, path: Type.String({ description: 'Keys from the model down, joined with dots: 0.1, hidden' }) }),
  output: ref(BlockView),
  errors: ['invalid_name', 'model_not_found', 'block_not_found']
})
