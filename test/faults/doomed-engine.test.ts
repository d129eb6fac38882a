import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EnginePool } from '../../src/engine/engine-pool.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { embeddedModels } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';
import { testEnvironment } from '../support/test-environment.ts';

const RUN_TIMEOUT_MS = 1_000;

/** One short row. */
const TOKENS: RaggedTokens = {
  lengths: Uint32Array.of(4),
  ids: Int32Array.of(2, 56, 56, 3),
  typeIds: Uint8Array.of(0, 0, 1, 1),
};

// Between SIGKILL and the news of the exit, the slot of an engine that takes no more calls must not count as free: the
// scheduler would hand it a batch, get the batch back at once, and so on in microtasks for ever.
it('an engine that was killed for its deadline is offered no more work while it dies', async () => {
  let afterKill: { freeSlots: number; readyEngines: number } | undefined;
  let look = (): void => {};
  const clock: Clock = {
    ...systemClock,
    after: (ms, run) =>
      systemClock.after(ms, () => {
        run();
        if (ms === RUN_TIMEOUT_MS) look();
      }),
  };
  const pool = await EnginePool.start(
    {
      name: 'engine',
      size: 2,
      optimization: 'all',
      together: false,
      modelFile: join(embeddedModels, 'demo/onnx/model.onnx'),
      device: 'cpu',
      threads: 1,
      env: testEnvironment({}),
      loadTimeoutMs: 60_000,
      runTimeoutMs: RUN_TIMEOUT_MS,
      clock,
      logger: new LogBook().logger,
      onRestart: () => {},
    },
    () => {},
    new AbortController().signal,
  );
  try {
    process.kill(pool.pids[0] ?? 0, 'SIGSTOP');
    look = () => {
      afterKill ??= { freeSlots: pool.freeSlots, readyEngines: pool.readyEngines };
    };
    await expect(pool.run(TOKENS)).rejects.toThrow(/no answer within/);
    expect(afterKill).toEqual({ freeSlots: 2, readyEngines: 1 });
  } finally {
    await pool.close();
  }
});
