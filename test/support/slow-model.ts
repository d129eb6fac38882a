import { outputLogits, pairModel, tokenOf } from './test-models.ts';

/** The word that makes a pair slow; every further one of it in the same document makes it slower still. */
export const SLOW_WORD = '慢';

/** Side of the matrices that one slow word makes the model multiply. */
const SIDE = 1024;

/**
 * A model that does honest work, for as long as a document asks for: it multiplies square matrices whose side grows with
 * the number of slow words. One word takes some ten milliseconds, eight take many seconds and no engine ends before its deadline.
 */
export async function slowModel(): Promise<Uint8Array> {
  const slow = await tokenOf(SLOW_WORD);
  return pairModel(({ graph, ops, ids, score }) => {
    const isSlow = ops.cast(ops.equal(ids, graph.scalar('int64', slow)), 'int64');
    const count = ops.highest(ops.sum(isSlow, 1), 0, true);
    const side = ops.add(ops.multiply(count, graph.integers(SIDE)), graph.integers(1));
    const shape = graph.node('Concat', [side, side], { attributes: { axis: { int: 0 } } });
    const matrix = graph.node('Expand', [graph.scalar('float32', 1e-3), shape]);
    const product = graph.node('MatMul', [matrix, matrix]);
    const nothing = ops.multiply(ops.highest(ops.highest(product, 0), 0), 0);
    outputLogits(graph, ops.add(score, nothing));
  });
}
