import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/model/generation.ts';
import type { StillHeld } from '../../../src/model/gpu-release.ts';
import type { Change } from '../../../src/serving/operation/change-request.ts';
import type { Progressing } from '../../../src/serving/operation/phase.ts';
import type { PreparedModel } from '../../../src/serving/preparation/preparation.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { initialState } from '../../../src/serving/state/history.ts';
import type { ModelEntry } from '../../../src/serving/state/serving-state.ts';
import type { ChangeParts } from '../../../src/serving/update/change-parts.ts';
import { swapHeld } from '../../../src/serving/update/swap-held.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { someMetrics } from '../../support/some-metrics.ts';

const MIB = 2 ** 20;
const prepared = { wantedDtype: undefined } as PreparedModel;
const change = { dryRun: false } as Change;

/** What happened, in order. */
let events: string[];
/** What is still held of a model's GPU memory after its end. */
let held: StillHeld | undefined;
let loads: ((signal: AbortSignal) => Generation | Promise<Generation>)[];
let clock: ManualClock;
let parts: ChangeParts;

/** A model whose memory takes a while to come back. */
function model(name: string): Generation {
  const generation = fakeGeneration(name);
  return Object.assign(generation, {
    async release() {
      await generation.close();
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} is released`);
      return held;
    },
  });
}

beforeEach(async () => {
  events = [];
  held = undefined;
  clock = new ManualClock();
  const slot = new ModelSlot<Generation>(clock);
  await slot.swap(model('old'));
  loads = [() => model('new')];
  const load = async (_: PreparedModel, { signal }: Progressing): Promise<Generation> => {
    events.push('a load begins');
    const next = loads.shift();
    if (next === undefined) throw new Error('nothing more to load');
    return await next(signal);
  };
  const { identity } = fakeGeneration('old');
  const faked = {
    slot,
    windowTimeoutMs: 60_000,
    clock,
    logger: new LogBook().logger,
    metrics: someMetrics(),
    preparation: {
      stage: async () => prepared,
      compile: async () => prepared,
      prestart: async (wanted: PreparedModel) => ({
        ...wanted,
        prestart: { close: async () => void events.push('the prestart is closed') },
      }),
      load,
    },
    gates: { record: async () => undefined, check: async () => {}, checkRest: async () => {} },
    modes: { roomBeside: async () => ({}), expectedWindowMs: () => 1, learnWindow: () => {} },
    retirement: { drainInWindow: async () => {}, drain: async () => true },
    record: {
      state: {
        ...initialState({ model: identity.reference, digest: identity.digest }, new Date(0)),
        previous: { model: 'local://before', digest: 'b'.repeat(64) },
      },
      swapped: async ({ model: reference }: ModelEntry) => void events.push(`${reference} is written down`),
    },
  };
  parts = faked as unknown as ChangeParts;
});

describe('a swap that makes room first', () => {
  it('loads when the memory of the old model is free again', async () => {
    const operation = someOperation();
    const swapped = await swapHeld(parts, operation, change, prepared);
    expect(swapped?.next.identity.reference).toBe('local://new');
    expect(events).toEqual(['old is released', 'a load begins', 'the prestart is closed']);
    expect(operation.report.warnings).toEqual([]);
  });

  it('goes on where some of it is not, and says how much and who has it', async () => {
    held = { bytes: 300 * MIB, pids: [7, 8], card: 'NVIDIA A40' };
    const operation = someOperation();
    await swapHeld(parts, operation, change, prepared);
    expect(operation.report.warnings).toEqual([
      '300 MiB of the GPU memory of local://old were still not free when the next load began (NVIDIA A40), by process 7 and 8',
    ]);
  });

  it('waits once more before the old model comes back, for what the new one took', async () => {
    const fails = (): Generation => {
      throw new Error('out of memory');
    };
    loads = [fails, () => model('old again')];
    await expect(swapHeld(parts, someOperation(), change, prepared)).rejects.toThrow('out of memory');
    const [first, again] = [
      ['old is released', 'a load begins'],
      ['the prestart is closed', 'old is released', 'a load begins'],
    ];
    expect(events).toEqual([...first, ...again, 'the prestart is closed']);
    expect(parts.slot.current?.identity.reference).toBe('local://old again');
  });

  it('does not go on for ever, though it is too late to give it up: the old model comes back', async () => {
    const { promise: isLoading, resolve } = Promise.withResolvers<void>();
    const hangs = (signal: AbortSignal): Promise<Generation> => {
      resolve();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    loads = [hangs, () => model('old again')];
    const operation = someOperation();
    const swapped = swapHeld(parts, operation, change, { ...prepared, reference: 'local://new' });
    await isLoading;
    expect(operation.abort(new Error('cancelled'))).toBe(false);
    clock.advance(60_000);
    await expect(swapped).rejects.toMatchObject({
      type: 'timeout',
      message: 'local://new was not ready 60 s after the model before it had ended',
    });
    expect(parts.slot.current?.identity.reference).toBe('local://old again');
    expect(operation.isGivenUp).toBe(false);
  });

  it('leaves no time limit behind', async () => {
    await swapHeld(parts, someOperation(), change, prepared);
    expect(clock.pending).toBe(0);
  });

  it('says so where even the old one does not come back, and one before it serves', async () => {
    const fails = (): Generation => {
      throw new Error('out of memory');
    };
    loads = [fails, fails, fails, () => model('before')];
    await expect(swapHeld(parts, someOperation(), change, prepared)).rejects.toThrow('out of memory');
    expect(parts.slot.current?.identity.reference).toBe('local://before');
    expect(events.filter((event) => event.endsWith('is written down'))).toEqual([
      'local://before is written down',
    ]);
  });

  it('leaves nothing of what was made ready where the window does not even begin', async () => {
    parts = { ...parts, slot: new ModelSlot<Generation>(new ManualClock()) };
    await expect(swapHeld(parts, someOperation(), change, prepared)).rejects.toMatchObject({
      type: 'unavailable',
    });
    expect(events).toEqual(['the prestart is closed']);
  });

  it('leaves nothing of it where the requests in flight take too long either', async () => {
    const drainInWindow = () => Promise.reject(new Error('they took too long'));
    parts = { ...parts, retirement: { drainInWindow } as unknown as ChangeParts['retirement'] };
    await expect(swapHeld(parts, someOperation(), change, prepared)).rejects.toThrow('they took too long');
    expect(events).toEqual(['the prestart is closed']);
    expect(parts.slot.current?.identity.reference).toBe('local://old');
  });
});
