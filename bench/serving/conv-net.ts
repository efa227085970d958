/** The network of convolutions: images 56×56, channels 3-64-64-64-64, the mean of each channel, ten classes. */

const SIDE = 56
const CHANNELS = [3, 64, 64, 64, 64] as const
const CLASSES = 10
const KERNEL = 3

/** Multiplications and additions of one forward of one image: the convolutions alone. */
export const FLOP = CHANNELS.slice(1).reduce((sum, out, i) => sum + 2 * SIDE ** 2 * KERNEL ** 2 * out * (CHANNELS[i] as number), 0)

export const TITLE = `a network of convolutions of ${(FLOP / 1e9).toFixed(2)} GFLOP`

export const SPEC = {
  type: 'Sequential',
  children: [
    ...CHANNELS.slice(1).map((channels, i) => ({ type: 'BenchConv', channels, in_channels: CHANNELS[i] })),
    { type: 'BenchPool' },
    { type: 'Dense', units: CLASSES, in_units: CHANNELS.at(-1) }
  ]
}

export const SHAPE = [1, SIDE, SIDE, CHANNELS[0]] as const

/** One image. */
export const IMAGE = Float32Array.from({ length: SIDE * SIDE * CHANNELS[0] }, (_, i) => Math.sin(i * i))
