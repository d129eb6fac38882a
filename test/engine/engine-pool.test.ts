import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EnginePool } from '../../src/engine/engine-pool.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Outage } from '../../src/platform/process/supervisor.ts';
import { embeddedModels } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';
import { signalAll, untilGone } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;

/** One short row. */
const TOKENS: RaggedTokens = {
  lengths: Uint32Array.of(4),
  ids: Int32Array.of(2, 56, 56, 3),
  typeIds: Uint8Array.of(0, 0, 1, 1),
};

describe('a pool of engines', () => {
  let modelFile: string;
  let pool: EnginePool;
  /** Looks at the pool at the moment that an engine is found to have ended. */
  let onRestart: () => void;
  let failedStarts: number;

  beforeEach(async () => {
    modelFile = join(await temporaryDirectory(), 'model.onnx');
    await cp(join(embeddedModels, 'demo/onnx/model.onnx'), modelFile);
    onRestart = () => {};
    failedStarts = 0;
    pool = await EnginePool.start(
      {
        name: 'engine',
        size: 2,
        optimization: 'all',
        together: true,
        modelFile,
        device: 'cpu',
        threads: 1,
        env: testEnvironment({}),
        loadTimeoutMs: 60_000,
        runTimeoutMs: 60_000,
        clock: systemClock,
        logger: new LogBook().logger,
        onRestart: () => onRestart(),
        onFailedStart: () => {
          failedStarts++;
        },
      },
      () => {},
      never,
    );
  });
  afterEach(() => pool.close());

  it('is in no outage over one engine that stays down, when the other ends and may well be back in a moment', async () => {
    const [first = 0, second = 0] = pool.pids;
    await rm(modelFile);
    process.kill(first, 'SIGKILL');
    await until('the first stays down', () => failedStarts >= 3);
    const atTheEndOfTheSecond = new Promise((resolve) => {
      onRestart = () => resolve({ ready: pool.readyEngines, outage: pool.outage });
    });
    process.kill(second, 'SIGKILL');
    expect(await atTheEndOfTheSecond).toEqual({ ready: 0, outage: undefined });
    expect(await until('none comes up', () => pool.outage)).toMatch(/^the engine does not come up again: /);
  });

  it('gives a warm-up up when an engine has ended and does not come up again', async () => {
    const [first = 0] = pool.pids;
    await rm(modelFile);
    process.kill(first, 'SIGKILL');
    await until('its end is known', () => pool.readyEngines === 1);
    await expect(pool.runOnEach(TOKENS, never)).rejects.toThrow(Outage);
  });

  it('ends the engines that are still at a warm-up which nobody wants any more', async () => {
    const { pids } = pool;
    let restarts = 0;
    onRestart = () => restarts++;
    signalAll(pids, 'SIGSTOP');
    const enough = new AbortController();
    const warm = pool.runOnEach(TOKENS, enough.signal);
    enough.abort(new Error('cancelled'));
    await expect(warm).rejects.toThrow('cancelled');
    await untilGone(pids);
    // It was wanted: neither counts as lost, and nothing takes their place.
    await expect(pool.runOnEach(TOKENS, never)).rejects.toThrow(/was closed/);
    expect(restarts).toBe(0);
  });
});
