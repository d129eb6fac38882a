import { z } from 'zod';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import { parseConfig } from './parse-config.ts';

const schema = z.looseObject({
  num_labels: z.int().positive().max(1000).optional(),
  id2label: z.record(z.string(), z.string()).optional(),
});

/** What a classifier's outputs mean. */
export interface Labels {
  readonly count: number;
  /** The output that says "relevant", where there are several. */
  readonly positive: number;
}

/** transformers' PretrainedConfig counts two labels when the file says nothing. */
const DEFAULT_LABELS = 2;

/** Names under which training scripts file "relevant": MS MARCO style, paraphrase, entailment and question-answering sets. */
const POSITIVE = new Set([
  'relevant',
  'positive',
  'pos',
  'yes',
  'true',
  'entailment',
  'duplicate',
  'match',
  'paraphrase',
  'similar',
  'equivalent',
]);

/**
 * Reads what the outputs mean from config.json.
 * @throws InvalidCheckpoint when there are several outputs and the names don't say which one is "relevant"
 */
export function readLabels(json: unknown): Labels {
  const { num_labels, id2label } = parseConfig(schema, json);
  const names = Object.entries(id2label ?? {});
  const count = names.length > 0 ? names.length : (num_labels ?? DEFAULT_LABELS);
  if (count === 1) return { count, positive: 0 };
  const positive = names.filter(([, name]) => POSITIVE.has(name.trim().toLowerCase()));
  const [only] = positive;
  const index = Number(only?.[0]);
  if (only === undefined || positive.length > 1 || !Number.isInteger(index) || index < 0 || index >= count) {
    throw new InvalidCheckpoint(
      `config.json: the classifier has ${count} labels (${names.map(([, name]) => name).join(', ') || 'no id2label'}), and not exactly one ` +
        `of them is named as the relevant class. A reranker has one label, or one that id2label calls "relevant", "positive", "yes", "entailment" or the like.`,
    );
  }
  return { count, positive: index };
}

/**
 * Turns a classifier's outputs into one logit a pair, such that sigmoid(logit) is the softmax of the positive class:
 * z_positive - logsumexp(the other z).
 *
 * @param outputs float32 [batch, 1, labels]
 * @returns float32 [batch, 1]
 */
export function writeScore(graph: GraphBuilder, outputs: Value, { count, positive }: Labels): Value {
  if (count === 1) return squeeze(graph, outputs);
  const pick = (indices: readonly number[]) =>
    graph.node('Gather', [outputs, graph.integers(...indices)], { attributes: { axis: { int: 2 } } });
  const others = pick(
    Array.from({ length: count }, (_, index) => index).filter((index) => index !== positive),
  );
  // Of one alone, it is that one.
  const rest = count === 2 ? others : logSumExp(graph, others);
  return squeeze(graph, graph.node('Sub', [pick([positive]), rest]));
}

/**
 * log Σ exp(x) over the last axis. ReduceLogSumExp is not asked, nor ReduceMax: the CUDA provider computes them with cuDNN, which
 * nothing else of a graph needs. What is taken off before the exponents, and added again, is the mean by the weights of a softmax:
 * at most log(count) below the largest.
 */
function logSumExp(graph: GraphBuilder, values: Value): Value {
  const sum = (terms: Value): Value =>
    graph.node('ReduceSum', [terms, graph.integers(2)], { attributes: { keepdims: { int: 1 } } });
  const weights = graph.node('Softmax', [values], { attributes: { axis: { int: 2 } } });
  const mean = sum(graph.node('Mul', [weights, values]));
  const exponents = graph.node('Exp', [graph.node('Sub', [values, mean])]);
  return graph.node('Add', [mean, graph.node('Log', [sum(exponents)])]);
}

function squeeze(graph: GraphBuilder, outputs: Value): Value {
  return graph.node('Squeeze', [outputs, graph.integers(1)], { name: 'logits' });
}
