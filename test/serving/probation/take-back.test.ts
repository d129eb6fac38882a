import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/model/generation.ts';
import { type TakeBackParts, takeBack } from '../../../src/serving/probation/take-back.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';

const [bad, before] = [fakeGeneration('next'), fakeGeneration('before')];
const REASON = '3 of 10 requests failed';

let current: Generation;
let rollback: () => Promise<void>;
/** What was done, in order. */
let steps: string[];

beforeEach(() => {
  current = bad;
  steps = [];
  rollback = async () => void (current = before);
});

function parts(): TakeBackParts {
  const fakes = {
    slot: {
      get current() {
        return current;
      },
    },
    updater: {
      settle: async ({ message }: Error) => void steps.push(`settle: ${message}`),
      rollback: ({ to }: { to?: string }, { by }: { by: string }) => {
        steps.push(`rollback to ${to} by ${by}`);
        return { outcome: rollback() };
      },
    },
    record: {
      quarantine: async ({ model }: { model: string }, reason: string) =>
        void steps.push(`quarantine ${model} while ${current.identity.reference} serves: ${reason}`),
      forgetUnreferenced: async () => void steps.push('forget'),
    },
    logger: new LogBook().logger,
  };
  return fakes as unknown as TakeBackParts;
}

const SETTLED = 'settle: the update was given up: local://next is being taken back';
const IN_QUARANTINE = [`quarantine local://next while local://before serves: ${REASON}`, 'forget'];

describe('a bad model', () => {
  it('is taken back when nothing else is under way, and goes into quarantine then', async () => {
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, 'rollback to undefined by probation', ...IN_QUARANTINE]);
  });

  it('is taken back although it was loaded again meanwhile', async () => {
    current = fakeGeneration('next');
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, 'rollback to undefined by probation', ...IN_QUARANTINE]);
  });

  it('that has made room for another one only goes into quarantine', async () => {
    current = before;
    await takeBack(parts(), bad, REASON);
    expect(steps).toEqual([SETTLED, ...IN_QUARANTINE]);
  });

  it('stays out of quarantine while nothing else can serve', async () => {
    rollback = () => Promise.reject(new Error('it does not load'));
    await expect(takeBack(parts(), bad, REASON)).rejects.toThrow('it does not load');
    expect(steps).toEqual([SETTLED, 'rollback to undefined by probation']);
  });
});
