import { architecture, Dense, Sequential } from 'blockserve'

function block1 (): Sequential {
  return new Sequential().add(new Dense(32, { activation: 'relu' })).add(new Dense(16, { activation: 'relu' }))
}

function block2 (): Sequential {
  const net = new Sequential()
  for (let i = 0; i < 4; i++) net.add(block1())
  return net
}

/** Sequentials inside Sequentials, made by functions. (batch, …) in, (batch, 10) out. */
export const rgnet = architecture(() => {
  const net = new Sequential()
  return net.add(block2()).add(new Dense(10))
}, { summary: 'Four blocks of two layers nested in Sequentials, then 10 outputs.' })
