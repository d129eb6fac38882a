import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/model/generation.ts';
import { GpuFootprint } from '../../../src/model/gpu-footprint.ts';
import type { GpuMemory } from '../../../src/platform/memory/gpu-memory.ts';
import { GpuWatch } from '../../../src/platform/memory/gpu-watch.ts';
import type { PreparedModel } from '../../../src/serving/preparation/preparation.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { SwapModes } from '../../../src/serving/update/swap-modes.ts';
import { embeddedModels } from '../../support/directories.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const ENGINE_PID = 7;

let freeBytes: number;
let isKnown: boolean;
let modes: SwapModes;

/** Serves a model of 100 MiB that holds 600 MiB of a card. */
beforeEach(async () => {
  isKnown = true;
  freeBytes = 10 * GIB;
  const clock = new ManualClock();
  const card = (): GpuMemory => ({
    name: 'Card',
    totalBytes: 16 * GIB,
    usedBytes: 16 * GIB - freeBytes,
    freeBytes,
    processes: new Map([[ENGINE_PID, 600 * MIB]]),
  });
  const read = async (): Promise<GpuMemory | undefined> => (isKnown ? card() : undefined);
  const watch = new GpuWatch({ clock, logger: new LogBook().logger, read });
  const serving = Object.assign(fakeGeneration('serving'), {
    pids: [],
    size: {
      engines: 1,
      weightBytes: 100 * MIB,
      isShared: true,
      tokenizerFileBytes: MIB,
    },
    gpu: new GpuFootprint(watch, card(), () => [ENGINE_PID]),
  });
  const slot = new ModelSlot<Generation>(clock);
  await slot.swap(serving);
  modes = new SwapModes(slot, 'auto');
});

/** An export with weights of so many MiB. */
function prepared(weightMib: number): PreparedModel {
  const graph = { weightBytes: weightMib * MIB, isShared: true, dtype: 'as exported' };
  return {
    reference: 'local://next',
    directory: `${embeddedModels}/demo`,
    graph,
    plan: { engines: 1 },
  } as unknown as PreparedModel;
}

describe('how models take turns on a GPU', () => {
  it('depends on what the new one will hold there and what is free', async () => {
    // 120 MiB, 20 of them twice, and the 500 that the serving one has beyond its weights.
    freeBytes = 720 * MIB;
    expect(await modes.choose(prepared(120), undefined)).toEqual({
      chosen: 'beside',
      why: expect.stringMatching(/and it needs about 640 MiB of GPU memory and 720 MiB are free \(Card\)$/),
    });
    freeBytes = 700 * MIB;
    expect(await modes.choose(prepared(120), undefined)).toEqual({
      chosen: 'hold',
      why: 'hold: it needs about 640 MiB of GPU memory and only 700 MiB are free (Card), of which a tenth is kept in reserve',
    });
  });

  it('lets none in of which the weights alone are more than the card has', async () => {
    await modes.requireCardForWeights(prepared(16 * 1024));
    await expect(modes.requireCardForWeights(prepared(16 * 1024 + 1024))).rejects.toMatchObject({
      type: 'insufficient_storage',
      message:
        'local://next does not fit on the card: its weights take 17.0 GiB of GPU memory, and Card has 16.0 GiB in all',
      detail: 'Take a smaller model or a card with more memory.',
    });
    isKnown = false;
    await modes.requireCardForWeights(prepared(17 * 1024));
  });

  it('is doubtful where not even what the serving one leaves would do', async () => {
    // 200 MiB, 100 of them twice, and 500 beyond.
    freeBytes = 130 * MIB;
    expect(await modes.doubtAlone(prepared(200))).toBeUndefined();
    freeBytes = 120 * MIB;
    expect(await modes.doubtAlone(prepared(200))).toBe(
      'it may not fit: it needs about 800 MiB of GPU memory, and about 720 MiB will be free once the model that serves is gone (Card)',
    );
  });

  it('is decided by host memory alone where no driver tells', async () => {
    isKnown = false;
    const { chosen, why } = await modes.choose(prepared(120), undefined);
    expect(chosen).toBe('beside');
    expect(why).not.toContain('GPU');
  });
});
