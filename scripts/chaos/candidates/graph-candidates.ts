import type { Value } from '../../../src/graph/onnx/graph-builder.ts';
import { tensor } from '../../../src/graph/onnx/tensor.ts';
import {
  outputLogits,
  type PairGraph,
  pairModel,
  writeModelDirectory,
} from '../../../test/support/test-models.ts';
import { type Candidate, invalid, rejected } from './candidate.ts';
import { endlessLoop } from './endless-loop.ts';
import { USUAL_WORK, workingGraph } from './working-graph.ts';

/** Tokens of a pair beyond which some of these models go wrong: more than any probe of the server has. */
const LONG_TOKENS = 800;

/** Pairs of about that many words have more tokens. */
const LONG_WORDS = 1000;

/** Documents that make a pair long, each another one. */
const LONG_DOCUMENTS = Array.from(
  { length: 16 },
  (_, number) => `${number} ${'harbour '.repeat(LONG_WORDS)}`,
);

const withGraph = (onnx: () => Uint8Array) => (directory: string) => writeModelDirectory(directory, onnx());

/** 1 for pairs of more than that many tokens, else 0, as int64 [batch, 1]. */
function isLong({ graph, ops, ids }: PairGraph): Value {
  const isToken = ops.cast(ops.cast(ids, 'bool'), 'int64');
  const excess = ops.subtract(ops.sum(isToken, 1, true), graph.integers(LONG_TOKENS));
  return ops.cast(graph.node('Greater', [excess, graph.integers(0)]), 'int64');
}

/** A model that asks for a matrix of so many columns at every run. */
function greedy(columns: number): Uint8Array {
  return pairModel(({ graph, ops, score, ids }) => {
    const one = ops.cast(ops.highest(ops.highest(ids, 0), 0), 'float32');
    const matrix = graph.node('Expand', [one, graph.integers(columns)]);
    outputLogits(graph, ops.add(score, ops.multiply(ops.highest(matrix, 0), 0)));
  });
}

/** The one quotient of whole numbers that is none: ONNX Runtime leaves it to the processor, which ends the process (SIGFPE). */
function crashWhere(mask: (pair: PairGraph) => Value): Uint8Array {
  return workingGraph(USUAL_WORK, (pair) => {
    const { graph, ops, score } = pair;
    const lowest = graph.initializer('lowest', tensor('int64', [1], [-(2n ** 63n)]));
    const divisor = ops.subtract(graph.integers(1), ops.multiply(mask(pair), graph.integers(2)));
    const quotient = ops.cast(ops.divide(lowest, divisor), 'float32');
    return ops.add(score, ops.multiply(quotient, 0));
  });
}

/** A terabyte and more. */
const IMPOSSIBLE_COLUMNS = 2 ** 39;

/** Twelve gibibytes: more than the experiment's memory limit, where it has one. */
const MANY_COLUMNS = 3 * 2 ** 30;

/** Models that load, and go wrong when they run. */
export const runningCandidates: readonly Candidate[] = [
  {
    what: 'never ends its first run',
    expected: invalid(/gave no answer within/),
    write: withGraph(endlessLoop),
  },
  {
    what: 'asks for more memory than there is',
    expected: invalid(/alloc|memory|fails on a plain pair|size/i),
    write: withGraph(() => greedy(IMPOSSIBLE_COLUMNS)),
  },
  {
    what: 'crashes the engine in its first run (SIGFPE)',
    expected: invalid(/process ended.*SIGFPE/s),
    write: withGraph(() =>
      crashWhere(({ graph, ops, ids }) =>
        ops.add(ops.subtract(ops.highest(ids, 1, true), ops.highest(ids, 1, true)), graph.integers(1)),
      ),
    ),
  },
  {
    what: 'scores that overflow to infinity',
    expected: rejected(/not (finite|numbers)/),
    write: withGraph(() => workingGraph(1, ({ ops, score }) => ops.divide(score, ops.multiply(score, 0)))),
  },
];

/** Only where a memory limit holds: the machine would be short of memory otherwise. */
export const exhaustingCandidates: readonly Candidate[] = [
  {
    what: 'exhausts the memory limit in its first run',
    expected: invalid(/process ended|alloc|memory/i),
    write: withGraph(() => greedy(MANY_COLUMNS)),
  },
];

/** Models that are only seen to be bad beside the one that serves. */
export const gatedCandidates: readonly Candidate[] = [
  {
    what: '40 % more work a token, where 15 % longer are allowed',
    needs: 'gates',
    options: { gates: { maxLatencyRatio: 1.15 } },
    expected: rejected(/latency|slow/i),
    write: withGraph(() => workingGraph(Math.round(USUAL_WORK * 1.4))),
  },
  {
    what: 'the scale of the scores shifted (logits × 4 + 2)',
    needs: 'gates',
    options: { gates: { maxThresholdCrossing: 0.01, threshold: 0.5 } },
    expected: rejected(/threshold/i),
    write: withGraph(() => workingGraph(USUAL_WORK, ({ ops, score }) => ops.add(ops.multiply(score, 4), 2))),
  },
  {
    what: 'the order of the documents reversed',
    needs: 'gates',
    options: { gates: { minKendallTau: 0.5 } },
    expected: rejected(/kendall/i),
    write: withGraph(() => workingGraph(USUAL_WORK, ({ ops, score }) => ops.multiply(score, -1))),
  },
  {
    what: 'another best document',
    needs: 'gates',
    options: { gates: { minTop1Overlap: 0.9 } },
    expected: rejected(/top.?1|best/i),
    write: withGraph(() => workingGraph(USUAL_WORK, ({ ops, score }) => ops.multiply(score, -1))),
  },
];

/** Models that no probe finds out. */
export const probationCandidates: readonly Candidate[] = [
  {
    what: `scores that are no numbers above ${LONG_TOKENS} tokens`,
    needs: 'probation',
    expected: { outcome: 'rolled back', reason: /number|NaN|finite|error/i, provokedBy: LONG_DOCUMENTS },
    write: withGraph(() =>
      workingGraph(USUAL_WORK, (pair) => {
        const { ops, score } = pair;
        const long = ops.cast(isLong(pair), 'float32');
        return ops.add(score, ops.log(ops.subtract(1, ops.multiply(long, 2))));
      }),
    ),
  },
  {
    what: `crashes the engine above ${LONG_TOKENS} tokens`,
    needs: 'probation',
    expected: { outcome: 'rolled back', reason: /crash|engine|error|ended/i, provokedBy: LONG_DOCUMENTS },
    write: withGraph(() => crashWhere(isLong)),
  },
];
