import { logf } from './logf.ts'

/**
 * What MXNet's NumPy mode makes of one uniform or normal value, in float32. One value is one draw.
 * Exponential, Gumbel, logistic, Rayleigh, Weibull and Pareto invert the distribution function.
 */

const f32 = Math.fround

export const exponential = (u: number, scale: number): number => f32(scale) * -logf(u)

export const logistic = (u: number, loc: number, scale: number): number => f32(loc) + f32(logf(f32(u / f32(1 - u))) * f32(scale))

export const gumbel = (u: number, loc: number, scale: number): number => f32(loc) + f32(-logf(-logf(u)) * f32(scale))

export const rayleigh = (u: number, scale: number): number => f32(scale) * f32(Math.sqrt(-2 * logf(u)))

export const weibull = (u: number, a: number): number => f32(Math.pow(-logf(u), f32(1 / f32(a))))

export const pareto = (u: number, a: number): number => f32(Math.exp(f32(-logf(u) / f32(a)))) - 1
