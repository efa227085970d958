import { architecture, Dense, Sequential } from 'blockserve'

/** Four layers of which the second and the third have the same parameters. (batch, …) in, (batch, 10) out. */
export const tied = architecture(() => {
  const net = new Sequential()
  const shared = new Dense(8, { activation: 'relu' })
  return net.add(
    new Dense(8, { activation: 'relu' }),
    shared,
    new Dense(8, { activation: 'relu', params: shared.params }),
    new Dense(10)
  )
}, { summary: 'Four layers; the second and the third share their parameters.' })
