import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import { initialState } from '../../../src/serving/state/history.ts';
import { ServingRecord } from '../../../src/serving/state/serving-record.ts';
import type { ModelEntry, ServingState } from '../../../src/serving/state/serving-state.ts';
import { StateFile } from '../../../src/serving/state/state-file.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';

/** A file on a disk that the test can break. */
class FragileFile extends StateFile {
  content: ServingState | undefined;
  isBroken = false;
  writes = 0;
  /** What a write waits for. */
  gate: Promise<void> = Promise.resolve();
  #writing = 0;

  constructor() {
    super('/nowhere');
  }

  override async write(state: ServingState): Promise<void> {
    this.writes++;
    expect(++this.#writing, 'writes at the same time').toBe(1);
    try {
      await this.gate;
      if (this.isBroken) throw new ServiceError('insufficient_storage', 'the disk is full');
      this.content = state;
    } finally {
      this.#writing--;
    }
  }

  override async remove(): Promise<void> {
    this.content = undefined;
  }
}

const entry = (name: string): ModelEntry => ({ model: `local://${name}`, digest: name.repeat(64) });
const [a, b, c] = [entry('a'), entry('b'), entry('c')];

let clock: ManualClock;
let file: FragileFile;
let metrics: Metrics;
let log: LogBook;
let kept: string[][];
let serving: ModelEntry | undefined;
let record: ServingRecord;

beforeEach(() => {
  clock = new ManualClock();
  file = new FragileFile();
  metrics = someMetrics();
  log = new LogBook();
  kept = [];
  serving = a;
  record = new ServingRecord({
    dtype: 'auto',
    stateFile: file,
    keepOnly: async (digests) => void kept.push([...digests].map(([first]) => first ?? '')),
    serving: () => serving,
    historyLength: 3,
    clock,
    logger: log.logger,
    metrics,
  });
  record.restore(undefined, undefined);
});

/** Until everything that a timer has begun is done. */
async function passes(ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise(setImmediate);
}

const unsavedMetric = () => valueOf(metrics, 'rerankd_state_unsaved');

describe('the record of what serves', () => {
  it('of a server that was never updated names what serves, and has no file', async () => {
    expect(record.state).toEqual(initialState(a, new Date(0)));
    await record.forgetUnreferenced();
    expect(kept).toEqual([['a']]);
    expect(file.content).toBeUndefined();
  });

  it('spares what is about to serve, before anything does', async () => {
    serving = undefined;
    await record.forgetUnreferenced();
    expect(kept).toEqual([]);
    await record.forgetUnreferenced(b);
    expect(kept).toEqual([['b']]);
  });

  it('says that an update is under way, until it has come to something', async () => {
    await record.begin(b.model);
    expect(file.content).toMatchObject({
      ...a,
      pending: { model: b.model, since: '1970-01-01T00:00:00.000Z' },
    });
    // In memory nothing has happened yet.
    expect(record.state?.pending).toBeNull();
    record.remember(a);
    await record.swapped(b);
    expect(file.content).toMatchObject({ ...b, previous: a, pending: null });
    expect(record.state).toEqual(file.content);
  });

  it('is as if the update had never been asked for when that fails', async () => {
    await record.begin(b.model);
    await record.abandon();
    expect(file.content).toBeUndefined();
    expect(kept).toEqual([['a']]);

    record.remember(a);
    await record.swapped(b);
    await record.begin(c.model);
    await record.abandon();
    expect(file.content).toMatchObject({ ...b, previous: a, pending: null });
    expect(kept.at(-1)?.toSorted()).toEqual(['a', 'b']);
  });

  it('knows since when the model of the start serves, whenever it is asked', async () => {
    clock.advance(60_000);
    expect(record.history[0]?.since).toBe('1970-01-01T00:00:00.000Z');
    record.remember(a);
    await record.swapped(b);
    expect(record.history.map(({ since }) => since)).toEqual([
      '1970-01-01T00:01:00.000Z',
      '1970-01-01T00:00:00.000Z',
    ]);
  });

  it('goes on when old copies can not be deleted', async () => {
    record = new ServingRecord({
      dtype: 'auto',
      stateFile: file,
      keepOnly: () => Promise.reject(new Error('busy')),
      serving: () => a,
      historyLength: 3,
      clock,
      logger: log.logger,
      metrics,
    });
    await record.forgetUnreferenced();
    expect(log.find(/old model copies were not deleted/)).toBeDefined();
  });
});

describe('a model that is taken back', () => {
  it('goes into quarantine in the same write in which the one before it serves again', async () => {
    record.remember(a);
    await record.swapped(b);
    const { writes } = file;
    await record.swapped(a, '3 of 9 requests failed');
    expect(file.writes).toBe(writes + 1);
    const quarantined = [{ ...b, reason: '3 of 9 requests failed', since: new Date(0).toISOString() }];
    expect(file.content).toMatchObject({ ...a, previous: null, quarantined });
  });

  it('for another form of the same content leaves that form in peace', async () => {
    record.remember(a);
    const int8 = { ...b, dtype: 'int8' as const };
    const fp32 = { ...b, dtype: 'fp32' as const };
    await record.swapped(int8);
    await record.swapped(fp32);
    await record.swapped(int8, 'it got slow');
    expect(file.content).toMatchObject({ ...int8, previous: null, quarantined: [fp32] });
    expect(file.content?.history.map(({ model, dtype }) => [model, dtype])).toEqual([
      [b.model, 'int8'],
      [a.model, undefined],
    ]);
    record.assertNotQuarantined(int8);
    record.assertNotQuarantined(b);
    expect(() => record.assertNotQuarantined(fp32)).toThrow(
      /^local:\/\/b as fp32 is in quarantine: it got slow$/,
    );
  });
});

describe('a model in quarantine', () => {
  beforeEach(async () => {
    record.remember(a);
    await record.swapped(b);
    await record.swapped(a);
    await record.quarantine(b, '3 of 9 requests failed');
  });

  it('is written down, and is neither gone back to nor started with', async () => {
    const quarantined = [{ ...b, reason: '3 of 9 requests failed', since: new Date(0).toISOString() }];
    expect(file.content).toMatchObject({ ...a, previous: null, quarantined });
    expect(file.content?.history.map(({ model }) => model)).toEqual([a.model]);
    expect(record.quarantined).toEqual(quarantined);
    expect(await valueOf(metrics, 'rerankd_quarantined_models')).toBe(1);
  });

  it('is refused by its content, not by its name', () => {
    expect(() => record.assertNotQuarantined(b)).toThrow(
      expect.objectContaining({
        type: 'rejected_by_gate',
        message: expect.stringMatching(/local:\/\/b is in quarantine: 3 of 9 requests failed/),
        detail: expect.stringContaining('"force": true'),
      }),
    );
    record.assertNotQuarantined(c);
  });

  it('is known again after a restart', async () => {
    const state = file.content;
    record.restore(undefined, undefined);
    record.assertNotQuarantined(b);
    record.restore(state, undefined);
    expect(() => record.assertNotQuarantined(b)).toThrow(/quarantine/);
  });

  it('leaves it when it serves again', async () => {
    await record.swapped(b);
    expect(record.quarantined).toEqual([]);
    expect(file.content?.quarantined).toEqual([]);
    expect(await valueOf(metrics, 'rerankd_quarantined_models')).toBe(0);
  });
});

describe('a state that can not be written', () => {
  beforeEach(() => {
    record.remember(a);
    file.isBroken = true;
  });

  it('holds in memory all the same, and is said to be unsaved', async () => {
    expect(await record.swapped(b)).toBe('the disk is full');
    expect(record.state).toMatchObject({ ...b, previous: a });
    expect(record.unsaved).toBe('the disk is full');
    expect(await unsavedMetric()).toBe(1);
    expect(log.find(/a restart would serve RERANK_MODEL: nothing was written so far/)).toBeDefined();
    file.isBroken = false;
    await record.swapped(b);
    expect(record.atRestart).toBe('what was written before');
  });

  it('is tried again, with longer and longer pauses up to a minute', async () => {
    await record.swapped(b);
    const pauses = [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000);
    for (const [index, pause] of pauses.entries()) {
      await passes(pause - 1);
      expect(file.writes, `before pause ${index} is over`).toBe(index + 1);
      await passes(1);
      expect(file.writes, `after pause ${index}`).toBe(index + 2);
    }
    file.isBroken = false;
    await passes(60_000);
    expect(file.content).toEqual(record.state);
    expect(record.unsaved).toBeUndefined();
    expect(await unsavedMetric()).toBe(0);
    expect(log.find(/is written again/)).toBeDefined();
    expect(clock.pending, 'timers').toBe(0);
  });

  it('is written as it is by then', async () => {
    await record.swapped(b);
    await record.swapped(c);
    expect(clock.pending, 'one retry for both').toBe(1);
    file.isBroken = false;
    await passes(1000);
    expect(file.content).toMatchObject({ ...c, previous: b });
    expect(clock.pending, 'timers').toBe(0);
  });

  it('is said to be saved when a later write succeeds', async () => {
    await record.begin(b.model);
    file.isBroken = false;
    expect(await record.swapped(b)).toBeUndefined();
    expect(record.unsaved).toBeUndefined();
    await passes(120_000);
    expect(file.writes).toBe(2);
  });

  it('is never written twice at a time, and the newer one wins', async () => {
    await record.swapped(b);
    file.isBroken = false;
    const slow = Promise.withResolvers<void>();
    file.gate = slow.promise;
    await passes(1000);
    const swapped = record.swapped(c);
    await new Promise(setImmediate);
    slow.resolve();
    await swapped;
    expect(file.content).toMatchObject(c);
  });

  it('is not tried again after the end', async () => {
    await record.swapped(b);
    record.close();
    await passes(120_000);
    expect(file.writes).toBe(1);
    expect(clock.pending, 'timers').toBe(0);
  });

  it('at the start is tried again too', async () => {
    const state = initialState(a, new Date(0));
    record.restore(state, 'read-only');
    expect(await unsavedMetric()).toBe(1);
    await passes(1000);
    expect(record.unsaved).toBe('the disk is full');
    file.isBroken = false;
    await passes(2000);
    expect(file.content).toEqual(state);
    expect(record.unsaved).toBeUndefined();
  });
});

it('a server that was never updated has nothing to save once a failed update is over', async () => {
  file.isBroken = true;
  expect(await record.begin(b.model)).toBe('the disk is full');
  await record.abandon();
  expect(record.unsaved).toBeUndefined();
  expect(await unsavedMetric()).toBe(0);
  // What the start found is still true.
  record.restore(undefined, 'the state directory can not be written');
  await record.begin(b.model);
  await record.abandon();
  expect(record.unsaved).toBe('the state directory can not be written');
});
