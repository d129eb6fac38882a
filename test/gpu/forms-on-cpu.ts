/**
 * Compares the forms of a checkpoint's graph that GPUs get with its fp32 graph, on the CPU, as far as that has the operators:
 * node test/gpu/forms-on-cpu.ts CHECKPOINT [PAIRS]. For checkpoints of real size, which the suite's fixtures are not.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filePath, wholeNumber } from '../../scripts/flags/kinds.ts';
import type { ValuesOf } from '../../scripts/flags/read-flags.ts';
import { commandLine, runScript } from '../../scripts/flags/run-script.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { GRAPH_FORMS } from '../../src/graph/gpu-format.ts';
import { kendallTauB } from '../../src/model/agreement/kendall-tau.ts';
import { startForm } from '../support/form-engine.ts';

const ROWS = 4;
const SHORTEST = 10;
const LONGEST = 150;
/** Special tokens are left out. */
const FIRST_WORD = 10;

const manual = {
  usage: 'node test/gpu/forms-on-cpu.ts CHECKPOINT [PAIRS]',
  about:
    "Compares the forms of a checkpoint's graph that GPUs get with its fp32 graph, on the CPU, as far as that has the operators.",
  flags: {
    checkpoint: { kind: filePath, isOperand: true, help: 'its directory' },
    pairs: { kind: wholeNumber(), isOperand: true, default: '48', help: 'rounded up to whole batches' },
  },
} as const;

await runScript({ name: 'forms-on-cpu', ...commandLine(manual), run: compare });

async function compare({ checkpoint, pairs }: ValuesOf<typeof manual.flags>): Promise<void> {
  const config = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')) as {
    vocab_size: number;
  };
  const batches = Array.from({ length: Math.ceil(pairs / ROWS) }, (_, seed) =>
    randomBatch(seed, config.vocab_size),
  );
  const reference = await logitsOf(checkpoint, { dtype: 'fp32' }, batches);
  const spread = Math.max(...reference) - Math.min(...reference);
  for (const [name, form] of Object.entries(GRAPH_FORMS)) {
    const logits = await logitsOf(checkpoint, { dtype: 'fp16', hasHalf: true, form }, batches);
    const worst = Math.max(...logits.map((logit, row) => Math.abs(logit - (reference[row] as number))));
    console.log(
      `fp16, ${name}: ${logits.length} pairs, largest difference ${(worst / spread).toExponential(2)} of the spread, Kendall tau ${kendallTauB(reference, logits).toFixed(4)}`,
    );
  }
}

async function logitsOf(
  checkpoint: string,
  format: Parameters<typeof startForm>[1],
  batches: readonly RaggedTokens[],
): Promise<number[]> {
  await using started = await startForm(checkpoint, format);
  const logits: number[] = [];
  for (const batch of batches) logits.push(...(await started.engine.run(batch)).logits);
  return logits;
}

/** The same for the same seed. */
function randomBatch(seed: number, vocabulary: number): RaggedTokens {
  let state = seed + 1;
  const next = (below: number): number => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let warm = 0; warm < 8; warm++) next(1);
  const lengths = Uint32Array.from({ length: ROWS }, () => SHORTEST + next(LONGEST - SHORTEST));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = Int32Array.from({ length: total }, () => FIRST_WORD + next(vocabulary - 2 * FIRST_WORD));
  return { lengths, ids, typeIds: new Uint8Array(total) };
}
