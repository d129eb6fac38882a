import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Change } from '../../../src/serving/operation/change-request.ts';
import { BESIDE, HELD, LOAD, SHADOW } from '../../support/change-steps.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { NotedChange } from '../../support/noted-change.ts';

const COME_BACK = ['preparation.stage', 'preparation.compile', 'preparation.load'];

const failure = new ServiceError('invalid_model', 'it went wrong here');
const fail = (): never => {
  throw failure;
};

let change: NotedChange;
beforeEach(() => {
  change = new NotedChange();
});

const hold = (): void => void (change.answers.mode = 'hold');

describe('a change that fails', () => {
  /** The old model serves as if nothing had been asked for, and nothing of the new one is left. */
  function expectUntouched(): void {
    expect(change.slot.current).toBe(change.old);
    expect(change.old.isClosed).toBe(false);
    expect(change.steps).not.toContain('record.swapped');
    expect(change.steps.includes('record.abandon')).toBe(change.steps.includes('record.begin'));
  }

  it.each(BESIDE)('at %s leaves the model that serves as it was', async (step) => {
    change.at(step, fail);
    await expect(change.run({ shadow: { percent: 100, requests: 9 } })).rejects.toBe(failure);
    expectUntouched();
    const isLoaded = [...LOAD.slice(1), ...SHADOW].includes(step);
    expect(change.next.isClosed).toBe(isLoaded);
    // What was copied for nothing is deleted.
    expect(change.steps.at(-1) === 'record.forgetUnreferenced').toBe(step !== 'preparation.stage');
  });

  it.each([...HELD, 'retirement.drainInWindow'])(
    'at %s leaves the model that serves as it was, in mode hold too',
    async (step) => {
      hold();
      change.at(step, fail);
      await expect(change.run()).rejects.toBe(failure);
      expectUntouched();
      expect(change.slot.isHeld).toBe(false);
      expect(change.steps.includes('prestart.close')).toBe(step === 'retirement.drainInWindow');
    },
  );

  it.each([
    ['preparation.load', ['prestart.close', 'old.close']],
    ['gates.check', ['next.close', 'prestart.close', 'old.close']],
    ['gates.checkRest', ['modes.expectedWindowMs', 'slot.replace', 'retirement.drain', 'next.close']],
  ])('at %s when the old model has ended brings it back', async (step, end) => {
    hold();
    change.at(step, fail);
    await expect(change.run()).rejects.toBe(failure);
    expect(change.steps.slice(change.steps.indexOf(step) + 1)).toEqual([
      ...end,
      ...COME_BACK,
      'prestart.close',
      'record.abandon',
      'record.forgetUnreferenced',
    ]);
    expect(change.slot.current?.identity.reference).toBe('local://old again');
    expect(change.slot.isHeld).toBe(false);
    expect(change.operation.report).toMatchObject({ lock_held_ms: 0, held_requests: 0 });
  });

  it.each([true, false])(
    'because its weights are more than the whole card has touched nothing (dry run: %s)',
    async (dryRun) => {
      change.at('modes.requireCardForWeights', fail);
      await expect(change.run({ dryRun })).rejects.toBe(failure);
      expect(change.steps).not.toContain('probation.end');
      expect(change.steps).not.toContain('standby.dismiss');
      expectUntouched();
    },
  );
});

describe('a change that is given up', () => {
  it.each<[string, Partial<Change>]>([
    ['gates.check', {}],
    ['shadow.run', { shadow: { percent: 100, requests: 9 } }],
  ])('at %s does not swap', async (step, terms) => {
    change.at(step, () => expect(change.operation.abort(failure)).toBe(true));
    await expect(change.run(terms)).rejects.toBe(failure);
    expect(change.steps).not.toContain('slot.swap');
    expect(change.next.isClosed).toBe(true);
  });

  it('while it only makes a model ready has no copy wait', async () => {
    change.at('preparation.compile', () => change.operation.abort(failure));
    await expect(change.run({ kind: 'preload' })).rejects.toBe(failure);
    expect(change.steps).not.toContain('preparation.keepAhead');
  });

  it.each<[string, string, () => void]>([
    ['beside the old model', 'slot.swap', () => {}],
    [
      'back to one that is loaded',
      'slot.swap',
      () => void (change.answers.standby = fakeGeneration('before')),
    ],
    ['in the place of the old model', 'old.close', hold],
  ])('%s is too late at %s', async (_, step, prepare) => {
    prepare();
    let isGivenUp: boolean | undefined;
    change.at(step, () => void (isGivenUp = change.operation.abort(failure)));
    await change.run();
    expect(isGivenUp).toBe(false);
  });
});
