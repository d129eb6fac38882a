import { availableParallelism } from 'node:os';
import type { CompiledForBench } from './compile-for-bench.ts';
import { Contender } from './contender.ts';
import { middleAndRange } from './middle-and-range.ts';

export interface SpeedOptions {
  readonly tokens: number;
  readonly rounds: number;
  /** Length of each contender's turn in each round. */
  readonly seconds: number;
}

/** The plain graph in one session may batch as it likes; the best counts. */
const PLAIN_BATCHES = [1, 8, 32];

/** Rounding apart, the plain graph and rerankd's in fp32 are the same function. */
const SAME_LOGIT = 1e-3;

/**
 * Lets the plain graph, in one session with all threads, and rerankd's graphs, in one process of one thread a core, take turns.
 * @returns the table
 */
export async function measureSpeed(
  { config, plain, fp32, int8 }: CompiledForBench,
  { tokens, rounds, seconds }: SpeedOptions,
  note: (line: string) => void,
): Promise<string> {
  const cores = availableParallelism();
  const shared = { tokens, vocabulary: config.vocab_size };
  const contenders: Contender[] = [];
  try {
    for (const batch of PLAIN_BATCHES) {
      const setup = { ...shared, model: plain, threads: cores, optimization: 'all', batch } as const;
      contenders.push(await Contender.start(`plain fp32, 1 × ${cores} threads, batch ${batch}`, 1, setup));
    }
    for (const { graph } of [fp32, int8]) {
      const setup = {
        ...shared,
        model: graph.modelFile,
        threads: 1,
        optimization: 'disabled',
        batch: 1,
      } as const;
      contenders.push(
        await Contender.start(`rerankd ${graph.dtype}, ${cores} × 1 thread, batch 1`, cores, setup),
      );
    }
    requireSameFunction(contenders[0], contenders[PLAIN_BATCHES.length]);
    for (let round = 1; round <= rounds; round++) {
      for (const contender of contenders) await contender.round(seconds);
      note(`round ${round} of ${rounds}`);
    }
    return table(contenders, tokens);
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

function requireSameFunction(plain: Contender | undefined, own: Contender | undefined): void {
  const difference = Math.abs((plain?.logits[0] ?? Number.NaN) - (own?.logits[0] ?? Number.NaN));
  if (!(difference < SAME_LOGIT))
    throw new Error(`the plain graph gives another logit than rerankd's: ${difference} apart`);
}

/** Ratios are taken within each round, where both had the same machine, and their median counts. */
function table(contenders: readonly Contender[], tokens: number): string {
  const rounds = contenders[0]?.rates.length ?? 0;
  const best = Array.from({ length: rounds }, (_, round) =>
    Math.max(...contenders.slice(0, PLAIN_BATCHES.length).map(({ rates }) => rates[round] ?? 0)),
  );
  const lines = contenders.map(({ name, rates }) => {
    const ratios = rates.map((rate, round) => rate / (best[round] ?? Number.NaN));
    return `${name.padEnd(38)} ${middleAndRange(rates, 1).padStart(22)} ${middleAndRange(ratios, 2).padStart(20)}`;
  });
  const head = `${`${tokens} tokens, ${rounds} rounds`.padEnd(38)} ${'docs/s'.padStart(22)} ${'/ best plain'.padStart(20)}`;
  return ['', head, ...lines, ''].join('\n');
}
