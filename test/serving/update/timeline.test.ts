import { beforeEach, describe, expect, it } from 'vitest';
import type { Metrics } from '../../../src/platform/metrics.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { audit, Timeline } from '../../../src/serving/update/timeline.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';

let metrics: Metrics;
let operation: Operation;
beforeEach(() => {
  metrics = someMetrics();
  const clock = new ManualClock();
  operation = someOperation({ id: 'op-1', by: 'admin key', forced: true }, clock);
  operation.enter('resolve');
  clock.advance(250);
  operation.enter('load');
  operation.found({ mode: { chosen: 'hold', why: 'hold: it is tight' }, lock_held_ms: 3, held_requests: 4 });
  clock.advance(1500);
});

describe('the timeline of an operation', () => {
  it('goes into the metrics: how it ended, how long it took, and each phase of it', async () => {
    operation.end('failed', 'it broke');
    new Timeline(metrics).record(operation);
    const labels = { kind: 'update', outcome: 'failed', mode: 'hold' };
    expect(await valueOf(metrics, 'rerankd_swaps_total', labels)).toBe(1);
    const { values = [] } =
      (await metrics.registry.getSingleMetric('rerankd_swap_duration_seconds')?.get()) ?? {};
    expect(values).toContainEqual(
      expect.objectContaining({ metricName: 'rerankd_swap_duration_seconds_sum', value: 1.75 }),
    );
    expect(await phaseSums()).toEqual({ resolve: 0.25, load: 1.5 });
    expect(await valueOf(metrics, 'rerankd_swap_memory_bytes')).toBe(0);
  });

  it('has the memory where it is known', async () => {
    operation.found({
      memory: { before_bytes: 100, after_bytes: 120, gpu_before_bytes: null, gpu_after_bytes: null },
    });
    operation.end('succeeded');
    new Timeline(metrics).record(operation);
    expect(await valueOf(metrics, 'rerankd_swap_memory_bytes', { when: 'before' })).toBe(100);
    expect(await valueOf(metrics, 'rerankd_swap_memory_bytes', { when: 'after' })).toBe(120);
  });

  it('leaves out a probation that has just begun', async () => {
    operation.enter('probation');
    operation.end('succeeded');
    new Timeline(metrics).record(operation);
    expect(Object.keys(await phaseSums())).toEqual(['resolve', 'load']);
  });

  async function phaseSums(): Promise<Record<string, number>> {
    const name = 'rerankd_swap_phase_duration_seconds';
    const { values = [] } = (await metrics.registry.getSingleMetric(name)?.get()) ?? {};
    const sums = values.filter((value) => 'metricName' in value && value.metricName === `${name}_sum`);
    return Object.fromEntries(sums.map(({ labels, value }) => [labels['phase'], value]));
  }
});

it('the audit log has no error of an operation that went well', () => {
  const log = new LogBook();
  operation.end('succeeded');
  audit(log.logger, operation);
  expect(log.lines[0]).not.toHaveProperty('error');
});

it('the audit log has one line for an operation: who, what, and what came of it', () => {
  const log = new LogBook();
  operation.end('failed', 'it broke');
  audit(log.logger, operation);
  expect(log.lines).toEqual([
    expect.objectContaining({
      audit: true,
      operation: 'op-1',
      kind: 'update',
      model: 'local://next',
      by: 'admin key',
      status: 'failed',
      dry_run: false,
      forced: true,
      mode: 'hold',
      phases: [
        { phase: 'resolve', ms: 250 },
        { phase: 'load', ms: 1500 },
      ],
      lock_held_ms: 3,
      held_requests: 4,
      error: 'it broke',
      msg: 'update to local://next by admin key: failed after 1750 ms (it broke)',
    }),
  ]);
});
