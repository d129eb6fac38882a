import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { OperationProgress } from '../../src/commands/report/operation-progress.ts';
import { Rate } from '../../src/commands/report/rate.ts';
import { readOperation } from '../../src/commands/server/operation.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { onProbation, operationReport, success } from '../support/operation-reports.ts';
import { TextRecorder } from '../support/text-recorder.ts';

const MIB = 2 ** 20;

const operation = (fields: object) => readOperation(operationReport(fields));
const fetched = (done: number) =>
  operation({ phase: 'fetch', progress: { done: done * MIB, total: 400 * MIB, unit: 'bytes' } });

/** What a terminal shows after all that was written: one line that is drawn over. */
const shown = (output: TextRecorder): string =>
  stripVTControlCharacters(output.text.split('\u001B[1G').at(-1) ?? '').replaceAll('━', '=');

describe('the progress of an operation at a terminal', () => {
  it('is one line, with rate and time left once they are known', () => {
    const clock = new ManualClock();
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, clock);
    progress.show(fetched(0));
    expect(shown(output)).toBe(`fetch    ${'='.repeat(30)}   0% 0.0 of 400.0 MiB`);
    clock.advance(2000);
    progress.show(fetched(100));
    expect(shown(output)).toBe(`fetch    ${'='.repeat(30)}  25% 100.0 of 400.0 MiB, 50.0 MiB/s, 6 s left`);
    progress.show(operation({ phase: 'check', progress: { done: 12, total: 54, unit: 'queries' } }));
    expect(shown(output)).toBe(`check    ${'='.repeat(30)}  22% 12 of 54 queries`);
    expect(output.text).not.toContain('\n');
    progress.stop();
    expect(shown(output)).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('begins a new count when a model that came is copied, and says so', () => {
    const clock = new ManualClock();
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, clock);
    const at = (doing: string, done: number) =>
      operation({ phase: 'fetch', progress: { done: done * MIB, total: 400 * MIB, unit: 'bytes', doing } });
    progress.show(at('download', 0));
    clock.advance(2000);
    progress.show(at('download', 400));
    expect(shown(output)).toMatch(/^fetch \(download\) =+ 100% .*200\.0 MiB\/s$/);
    progress.show(at('copy', 0));
    expect(shown(output)).toMatch(/^fetch \(copy\) =+ {3}0% 0\.0 of 400\.0 MiB$/);
    progress.stop();
  });

  it('counts the seconds of a phase that does not say how far it is', () => {
    const clock = new ManualClock();
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, clock);
    progress.show(operation({ phase: 'load' }));
    clock.advance(7000);
    expect(shown(output)).toBe('load     7 s');
    progress.note('something to know');
    expect(shown(output)).toBe('something to know\nload     7 s');
    progress.stop();
  });

  it('shows how far the probation is that follows', () => {
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, new ManualClock());
    progress.show(readOperation({ ...success, probation: { ...onProbation, requests: 250 } }));
    expect(shown(output)).toBe(`probation ${'='.repeat(30)}  25% 250 of 1000 requests`);
    progress.stop();
  });

  it('never wraps, and obeys no control characters of the server', () => {
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, new ManualClock());
    progress.show(operation({ phase: `load\u001B[2J${'x'.repeat(500)}` }));
    expect(shown(output)).toHaveLength(output.columns - 1);
    expect(output.text).not.toContain('\u001B[2J');
    progress.stop();
  });

  it('survives a total of nothing and more than all', () => {
    const output = new TextRecorder({ isTTY: true });
    const progress = new OperationProgress(output, new ManualClock());
    progress.show(operation({ phase: 'fetch', progress: { done: 5, total: 0, unit: 'steps' } }));
    expect(shown(output)).toBe('fetch    5 of 0 steps');
    progress.show(operation({ phase: 'fetch', progress: { done: 9, total: 3, unit: 'steps' } }));
    expect(shown(output)).toMatch(/100% 9 of 3 steps/);
    progress.stop();
  });
});

describe('the progress of an operation in a log', () => {
  it('is a line for every phase, and one in ten seconds', () => {
    const clock = new ManualClock();
    const output = new TextRecorder();
    const progress = new OperationProgress(output, clock);
    progress.show(operation({ status: 'waiting' }));
    for (let second = 0; second <= 25; second++) {
      progress.show(fetched(second * 10));
      clock.advance(1000);
    }
    progress.stop();
    expect(output.text).toBe(
      'waits for the running operation …\nfetch …\nfetch: 100.0 of 400.0 MiB, 10.0 MiB/s, 30 s left\n' +
        'fetch: 200.0 of 400.0 MiB, 10.0 MiB/s, 20 s left\n',
    );
  });
});

describe('the rate', () => {
  it('is that of the last ten seconds, and begins anew when less is done than before', () => {
    const rate = new Rate();
    for (let second = 0; second <= 20; second++) rate.add(second * 1000, second < 10 ? 0 : (second - 10) * 5);
    expect(rate.perSecond).toBe(5);
    rate.add(21_000, 0);
    expect(rate.perSecond).toBeUndefined();
  });
});
