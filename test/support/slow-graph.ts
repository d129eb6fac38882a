import { outputLogits, pairModel, tokenOf } from './test-models.ts';

/** The word that makes a pair slow; every further one of it in the same document makes it slower still. */
const SLOW_WORD = '慢';

/** Side of the matrices that one slow word makes the model multiply. */
const SIDE = 1024;

/** Enough of them for many seconds. */
const ENDLESS_WORDS = 8;

/** A document over which an engine works for so long that no test waits for the end. */
export const ENDLESS_DOCUMENT = Array.from({ length: ENDLESS_WORDS }, () => SLOW_WORD).join(' ');

/** Memory of an engine that is in the middle of the endless document: its first matrix is there. */
export const ENDLESS_BYTES = (ENDLESS_WORDS * SIDE) ** 2 * 4;

/** It does honest work: it multiplies square matrices whose side grows with the number of slow words. */
export async function slowGraph(): Promise<Uint8Array> {
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
