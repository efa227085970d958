/**
 * What MXNet makes of one uniform float32 `u`: the inverses of distribution functions. Each line rounds to float32 where
 * MXNet's does; its logarithms here are those of doubles, unlike the one of the normal distribution.
 */

const f32 = Math.fround

/** −scale · ln u, in NumPy mode. */
export const exponential = (u: number, scale: number): number => f32(-Math.log(u)) * f32(scale)

/** −scale · ln(1 − u), of the classic arrays. */
export const ndExponential = (u: number, scale: number): number => -Math.log(1 - u) / f32(1 / scale)

/** loc + scale · ln(u / (1 − u)). */
export const logistic = (u: number, loc: number, scale: number): number => f32(loc) + f32(f32(Math.log(u) - Math.log(1 - u)) * f32(scale))

/** loc − scale · ln(−ln u). */
export const gumbel = (u: number, loc: number, scale: number): number => f32(loc) + f32(f32(-Math.log(-Math.log(u))) * f32(scale))

/** scale · sqrt(−2 ln u). */
export const rayleigh = (u: number, scale: number): number => f32(Math.sqrt(-2 * Math.log(u))) * f32(scale)

/** (−ln u)^(1/a). */
export const weibull = (u: number, a: number): number => Math.pow(f32(-Math.log(u)), f32(1 / a))

/** exp(−ln u / a) − 1. */
export const pareto = (u: number, a: number): number => Math.exp(-Math.log(u) / f32(a)) - 1
