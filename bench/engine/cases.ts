/** What is measured: three networks, their batches, and the floating-point operations of one call. */

/** Widths of the fully connected networks: relu between the layers, none after the last. */
export const WIDTHS = { small: [784, 256, 10], large: [256, 4096, 4096, 10] } as const

/** One convolution: square images in and out, channels last, the same number of channels in and out, stride 1, no bias. */
export const CONV = { side: 56, channels: 64, kernel: 3 } as const

export const LEARNING_RATE = 0.1

export interface Case {
  readonly name: string
  readonly title: string
  readonly net: keyof typeof WIDTHS | 'conv'
  /** A forward, or a whole step of stochastic gradient descent on the mean softmax cross-entropy. */
  readonly what: 'forward' | 'step'
  readonly batch: number
  /** Whether weights lie as Gluon keeps them, (out, in), while they are trained; otherwise (in, out). */
  readonly gluon: boolean
  /** Multiplications and additions of one call; of a step without those of the update. */
  readonly flop: number
}

export const CASES: readonly Case[] = [
  ...[1, 8, 32, 128, 256].map(batch => perceptron('small', batch)),
  ...[1, 32].map(batch => perceptron('large', batch)),
  ...[1, 8].map(convolution),
  ...[true, false].flatMap(gluon => [32, 256].map(batch => step(batch, gluon)))
]

function perceptron (net: keyof typeof WIDTHS, batch: number): Case {
  const title = `${WIDTHS[net].join('-')}, batch ${batch}`
  return { name: `${net}_b${batch}`, title, net, what: 'forward', batch, gluon: false, flop: 2 * batch * products(net) }
}

function convolution (batch: number): Case {
  const { side, channels, kernel } = CONV
  const title = `convolution ${side}×${side}, ${channels} → ${channels}, ${kernel}×${kernel}, batch ${batch}`
  const flop = 2 * batch * (side * channels * kernel) ** 2
  return { name: `conv_b${batch}`, title, net: 'conv', what: 'forward', batch, gluon: false, flop }
}

/** Forward, gradients of the weights, and gradients of every layer's input but the first's. */
function step (batch: number, gluon: boolean): Case {
  const [width, hidden] = WIDTHS.small
  const title = `SGD step of ${WIDTHS.small.join('-')}, weights ${gluon ? '(out, in)' : '(in, out)'}, batch ${batch}`
  const flop = 2 * batch * (3 * products('small') - width * hidden)
  return { name: `${gluon ? 'gluon_' : ''}step_b${batch}`, title, net: 'small', what: 'step', batch, gluon, flop }
}

function products (net: keyof typeof WIDTHS): number {
  return WIDTHS[net].slice(1).reduce((sum, width, i) => sum + width * (WIDTHS[net][i] as number), 0)
}
