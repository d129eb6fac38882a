import { describe, expect, it } from 'vitest';
import { rankAgreement } from '../../../src/model/agreement/rank-agreement.ts';
import { workshopOver } from '../../support/workshop.ts';
import { type PlainRows, type ProfiledReply, profiledRun, strays } from '../profiled-run.ts';
import { cardEnvironment, device, PROVIDERS, sizes, synthesized } from './card-under-test.ts';

/**
 * Largest difference, as a share of the spread between the logits. WebGPU's products of half-precision numbers are summed in half
 * precision, unlike CUDA's.
 */
const FORMS: Readonly<Record<typeof device, readonly { dtype: 'fp16' | 'fp32'; limit: number }[]>> = {
  cuda: [{ dtype: 'fp16', limit: 5e-3 }],
  webgpu: [
    { dtype: 'fp32', limit: 5e-3 },
    { dtype: 'fp16', limit: 5e-2 },
  ],
};
const LEAST_KENDALL_TAU = 0.99;

const VOCABULARY = 1000;

/** The larger one, in fp32 on a processor with a few cores. */
const TIMEOUT_MS = 600_000;

/** Rows of mixed lengths with tokens drawn from a fixed sequence of numbers, between XLM-RoBERTa's <s> and </s>. */
function mixedRows(lengths: readonly number[], seed: number): PlainRows {
  let state = seed;
  const draw = (): number => {
    state = (state * 48271) % 2147483647;
    return 5 + (state % VOCABULARY);
  };
  const ids = lengths.flatMap((length) => [0, ...Array.from({ length: length - 2 }, draw), 2]);
  return { lengths, ids, typeIds: ids.map(() => 0) };
}

/** Enough rows that a few whose logits are nearly equal may change places: one change of neighbours in 128 rows is 0.0002 of tau. */
const BATCHES = Array.from({ length: 8 }, (_, batch) =>
  mixedRows(
    Array.from({ length: 16 }, (_, row) => (row === batch ? 250 : 12 + ((row * 37 + batch * 11) % 90))),
    batch + 1,
  ),
);

describe.each(sizes)('XLM-RoBERTa %s', (size) => {
  it.each(FORMS[device])(
    'in $dtype gives the logits of fp32 on the CPU, with every node on the card',
    {
      timeout: 2 * TIMEOUT_MS,
    },
    async ({ dtype, limit }) => {
      const { root, name } = await synthesized(size);
      const onCard = await runOn(root, name, device, dtype);
      const onProcessor = await runOn(root, name, 'cpu', 'fp32');
      expect(strays(onCard, PROVIDERS[device])).toEqual({});
      const reference = onProcessor.logits.map((logits) => Float32Array.from(logits));
      const found = onCard.logits.map((logits) => Float32Array.from(logits));
      const all = reference.flatMap((logits) => [...logits]);
      const spread = Math.max(...all) - Math.min(...all);
      const differences = reference.flatMap((logits, batch) =>
        Array.from(logits, (logit, row) => Math.abs(logit - (found[batch]?.[row] ?? Number.NaN))),
      );
      console.log(
        `${size} in ${dtype}: largest difference ${(Math.max(...differences) / spread).toExponential(1)} of the spread ${spread.toFixed(3)}`,
      );
      expect(Math.max(...differences) / spread).toBeLessThan(limit);
      const [one, other] = [
        Float32Array.from(all),
        Float32Array.from(found.flatMap((logits) => [...logits])),
      ];
      expect(rankAgreement([one], [other]).kendallTau).toBeGreaterThanOrEqual(LEAST_KENDALL_TAU);
    },
  );
});

async function runOn(
  root: string,
  name: string,
  on: 'cpu' | 'cuda' | 'webgpu',
  dtype: 'fp16' | 'fp32',
): Promise<ProfiledReply> {
  const env = cardEnvironment();
  await using workshop = await workshopOver(root, { ...env, RERANK_DEVICE: on, RERANK_DTYPE: dtype });
  const { graph } = await workshop.compile(`local://${name}`);
  const load = { ...graph, device: on, threads: 4 };
  return await profiledRun({ load, batches: BATCHES, isStrict: false }, env, TIMEOUT_MS);
}
