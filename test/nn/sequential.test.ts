import t from 'tap'
import { Block, Dense, Flatten, HybridLambda, HybridSequential, Lambda, Sequential, type Argument, type NDArray, type Output } from '../../src/nn/index.ts'
import * as np from '../../src/nn/np/index.ts'
import { call, counting, inSession, numbers, refuses, Same, Wrap } from './harness.ts'

class MySequential extends Sequential {}

for (const Container of [Sequential, HybridSequential]) {
  t.test(`${Container.name} is indexed, sliced, measured and iterated like a list`, async t => {
    inSession(() => {
      const [a, b, c] = [new Dense(1), new Dense(2), new Dense(3)]
      const net = new Container()
      t.equal(net.add(a, b).add(c), net)
      t.equal(net.length, 3)
      t.same([net.at(0), net.at(2), net.at(-1), net.at(-3)], [a, c, c, a])
      t.same([...net], [a, b, c])
      const part = net.slice(1)
      t.same([...part], [b, c])
      t.equal(part.constructor, Container)
      t.equal(part.prefix, net.prefix, 'a slice has the prefix of the whole')
      t.same([...net.slice(0, -1)], [a, b])
      t.same([...part.children.keys()], ['0', '1'])
      for (const index of [3, -4]) refuses(t, () => net.at(index), 'index_out_of_range', 'IndexError', [net.name, String(index), '3'])
      refuses(t, () => new Container().at(0), 'index_out_of_range', 'IndexError', ['0'])
    })
  })

  t.test(`each child of a ${Container.name} gets what the one before gave`, async t => {
    inSession(() => {
      const net = new Container().add(new HybridLambda('square'), new HybridLambda('negative'))
      t.same(numbers(call(net, counting(3))), [-1, -4, -9])
      t.same(numbers(call(new Container(), counting(2))), [1, 2], 'and none at all gives the input')
    })
  })
}

t.test('a slice of a subclass is of that class and shares its children', async t => {
  inSession(() => {
    const net = new MySequential().add(new Dense(2), new Dense(3))
    net.initialize()
    call(net, counting(1, 2))
    const part = net.slice(0, 1)
    t.equal(part.constructor, MySequential)
    t.equal(part.collect_params().at('dense0_weight'), (net.at(0) as Dense).weight)
  })
})

t.test('a HybridSequential takes HybridBlocks alone; what it is given otherwise stays out', async t => {
  inSession(() => {
    const net = new HybridSequential()
    net.add(new Dense(1), new Flatten(), new HybridLambda('abs'), new HybridSequential())
    for (const child of [new Same(), new Sequential(), new Lambda('abs')]) {
      refuses(t, () => net.add(child), 'not_hybrid', 'ValueError', [net.name, child.class_name, 'HybridBlock'])
    }
    refuses(t, () => net.add(3 as never), 'not_hybrid', 'ValueError', ['number'])
    t.equal(net.length, 4)
  })
})

t.test('a Sequential refuses what is no Block, by position', async t => {
  inSession(() => {
    refuses(t, () => new Sequential().add(new Dense(1), 'relu' as never), 'not_a_block', 'TypeError', ['\'1\'', 'string'])
  })
})

t.test('a child given several arrays by the one before takes them as a list', async t => {
  class Split extends Block {
    override forward (x: NDArray): Output { return [np.negative(x), x] }
  }
  class Join extends Block {
    override forward (list: Argument): Output { return np.concatenate(list as readonly NDArray[]) }
  }
  inSession(() => {
    t.same(numbers(call(new Sequential().add(new Split(), new Join()), counting(2))), [-1, -2, 1, 2])
  })
})

t.test('one block added twice runs twice and has its parameters once', async t => {
  inSession(() => {
    const twice = new Wrap(x => np.multiply(x, 2))
    const net = new Sequential().add(twice, twice)
    t.same(numbers(call(net, counting(2))), [4, 8])
    const dense = new Dense(2)
    t.same(new Sequential().add(dense, dense).collect_params().keys(), ['dense0_weight', 'dense0_bias'])
  })
})

t.test('shapes follow the chain as far as they can be told', async t => {
  inSession(() => {
    const net = new Sequential().add(new Flatten(), new Dense(7))
    t.same(net.infer_output_shapes([[5, 2, 3]]), [[5, 7]])
    t.same(net.infer_output_shapes([[-1, 2, 3]]), [[-1, 7]])
    t.same(new Sequential().add(new Same(), new Flatten()).infer_output_shapes([[5, 2]]), [])
  })
})
