import { Engine } from '../../src/engine/engine.ts';
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type GoldenPair, goldenRoot, tokensOf } from './golden.ts';
import { workshopOver } from './workshop.ts';

const never = new AbortController().signal;

/** A checkpoint of the golden fixtures, compiled and loaded. */
export interface GoldenEngine extends AsyncDisposable {
  /** All pairs in one batch. */
  readonly logitsOf: (pairs: readonly GoldenPair[]) => Promise<Float32Array>;
  readonly startTokenizer: () => Promise<Tokenizer>;
}

export async function startGolden(name: string, dtype: 'fp32' | 'int8'): Promise<GoldenEngine> {
  const workshop = await workshopOver(goldenRoot, { RERANK_DTYPE: dtype });
  const { graph, directory } = await workshop.compile(`local://${name}`);
  const options = {
    env: workshop.childEnv,
    clock: systemClock,
    logger: workshop.log.logger,
    loadTimeoutMs: 60_000,
    onRestart: () => {},
  };
  const engine = await Engine.start(
    { ...options, ...graph, name: 'engine', device: 'cpu', threads: 1, runTimeoutMs: 60_000 },
    never,
  );
  return {
    logitsOf: async (pairs) => (await engine.run(tokensOf(pairs))).logits,
    startTokenizer: () =>
      Tokenizer.start({ ...options, name: 'tokenizer', tokenizerFile: `${directory}/tokenizer.json` }, never),
    [Symbol.asyncDispose]: async () => {
      engine.kill('the test is over');
      await engine.lost;
      await workshop[Symbol.asyncDispose]();
    },
  };
}
