import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../../src/serving/state/serving-state.ts';
import { type TakeBackParts, takeBack } from '../../../src/serving/update/take-back.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';

const bad = fakeGeneration('next');
const REASON = '3 of 10 requests failed';

/** What serves, as it is written down. */
let state: ModelEntry;
/** What becomes of an update that is under way. */
let settle: () => void;
let rollback: () => Promise<void>;
/** What was done, in order. */
let steps: unknown[];

const entry = (name: string, dtype?: 'int8' | 'fp32'): ModelEntry => {
  const { reference: model, digest } = fakeGeneration(name).identity;
  return { model, digest, ...(dtype && { dtype }) };
};

beforeEach(() => {
  state = entry('next', 'fp32');
  steps = [];
  settle = () => {};
  rollback = async () => {};
});

function parts(): TakeBackParts {
  const fakes = {
    updater: {
      settle: async ({ message }: Error) => {
        steps.push(`settle: ${message}`);
        settle();
      },
      rollback: (to: object, { by }: { by: string }) => {
        steps.push({ ...to, by });
        return { outcome: rollback() };
      },
    },
    record: {
      get state() {
        return state;
      },
      quarantine: async (model: ModelEntry, reason: string) => void steps.push({ ...model, reason }),
    },
    logger: new LogBook().logger,
  };
  return fakes as unknown as TakeBackParts;
}

const SETTLED = 'settle: the update was given up: local://next is being taken back';
/** The rollback has it in quarantine before another operation can begin. */
const ROLLED_BACK = { badBecause: REASON, by: 'probation' };

describe('a bad model', () => {
  it('is taken back when nothing else is under way, and goes into quarantine by the same operation', async () => {
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, ROLLED_BACK]);
  });

  it('that has made room for another one only goes into quarantine, in the form that it had', async () => {
    settle = () => void (state = entry('before'));
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, { ...entry('next', 'fp32'), reason: REASON }]);
  });

  it('that has made room for another form of itself does not take that along', async () => {
    settle = () => void (state = entry('next', 'int8'));
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, { ...entry('next', 'fp32'), reason: REASON }]);
  });

  it('stays out of quarantine while nothing else can serve', async () => {
    rollback = () => Promise.reject(new Error('it does not load'));
    await expect(takeBack(parts(), bad, REASON)).rejects.toThrow('it does not load');
    expect(steps).toEqual([SETTLED, ROLLED_BACK]);
  });
});
