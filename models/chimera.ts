import { architecture } from 'blockserve'

/** Blocks of code and a layer, one after the other. A spec: it names the other modules' Blocks by type. */
export const chimera = architecture({
  type: 'Sequential', children: [{ type: 'NestMLP' }, { type: 'Dense', units: 20 }, { type: 'FancyMLP' }]
}, { summary: 'NestMLP, a Dense layer and FancyMLP in a Sequential.' })
