import { expect, it } from 'vitest';
import { noMetrics } from '../../src/batching/batch-metrics.ts';
import { Flow } from '../../src/batching/flow.ts';
import { Scheduler } from '../../src/batching/scheduler.ts';
import { scorePairs } from '../../src/model/score-pairs.ts';
import type { EncodedPairs, EncodeRequest } from '../../src/model/tokenizer/protocol.ts';
import type { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';
import { FakeEngines, rowsOf } from '../support/fake-engines.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise(setImmediate);

it('tokenizes what comes next while the engine still works on what came before', async () => {
  const engines = new FakeEngines(2, 'packed');
  const clock = new ManualClock();
  const scheduler = new Scheduler({ engines, maxBatchTokens: 16_384, clock, metrics: noMetrics });
  let encoded = 0;
  const encode = async ({ documents }: EncodeRequest): Promise<EncodedPairs> => {
    const rows = rowsOf(
      documents.map(() => 10),
      1000 * encoded++,
    );
    return { ...rows, marks: new Uint8Array(documents.length) };
  };
  const on = { tokenizer: { encode } as unknown as Tokenizer, scheduler, clock };
  const ask = (documents: number) =>
    scorePairs(on, 'q', Array.from({ length: documents }, String), { maxLength: 64 }, new Flow(), never);
  const large = ask(300);
  const other = ask(5);
  await turn();
  // Nothing has been answered: one batch runs, the next one waits behind it, and what is left of all requests is tokens already.
  expect(engines.started).toHaveLength(2);
  expect(encoded).toBe(4);
  expect(scheduler.queuedPairs).toBeGreaterThan(0);
  await engines.finishAll();
  expect((await large).logits).toHaveLength(300);
  expect((await other).logits).toHaveLength(5);
});

it('waits for the tokenizer no longer than the request does', async () => {
  const engines = new FakeEngines(1, 'packed');
  const clock = new ManualClock();
  const scheduler = new Scheduler({ engines, maxBatchTokens: 16_384, clock, metrics: noMetrics });
  const encode = (_: EncodeRequest, signal: AbortSignal): Promise<EncodedPairs> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const on = { tokenizer: { encode } as unknown as Tokenizer, scheduler, clock };
  const request = new AbortController();
  const scored = scorePairs(on, 'q', ['d'], { maxLength: 64 }, new Flow(), request.signal);
  request.abort(new Error('its time is up'));
  await expect(scored).rejects.toThrow('its time is up');
});
