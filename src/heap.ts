/** How V8 keeps its heap in a process that serves requests. To be called first in it. */
import { setFlagsFromString } from 'node:v8'

/** A full collection is made when the heap has grown by so much since the last one, in percent. */
const GROWTH = 100

/**
 * After a pause V8 lets a heap grow by a few megabytes only until it collects everything again. Requests that come in bursts then meet a
 * full collection every 100 ms, which takes half of the time. The cost of this bound is memory: at most as much as is in use once more.
 */
export function letHeapGrow (): void { setFlagsFromString(`--heap-growing-percent=${GROWTH}`) }
