import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Generation } from '../../../src/model/generation.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { type ChangeParts, changeModel } from '../../../src/serving/update/change-model.ts';
import type { Change } from '../../../src/serving/update/change-request.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';

let touched: string[];
let slot: ModelSlot<Generation>;
let parts: ChangeParts;

beforeEach(async () => {
  touched = [];
  slot = new ModelSlot<Generation>(new ManualClock());
  await slot.swap(fakeGeneration('serving'));
  const touch = (what: string) => async () => void touched.push(what);
  const staged = { reference: 'local://next', digest: 'a'.repeat(64), directory: '/nowhere' };
  parts = {
    slot,
    preparation: {
      stage: async () => staged,
      compile: async () => staged,
      nest: touch('nest'),
      load: touch('load'),
    },
    gates: { requireUsableGolden: async () => {}, record: touch('record') },
    modes: {
      isTight: async () => true,
      requireCardForWeights: async () => {
        throw new ServiceError('insufficient_storage', 'its weights take 531 MiB of GPU memory');
      },
      choose: async () => ({ chosen: 'hold', why: 'hold' }),
      doubtAlone: async () => undefined,
    },
    record: {
      assertNotQuarantined: () => {},
      begin: async () => undefined,
      abandon: async () => {},
      forgetUnreferenced: async () => {},
    },
    standby: { matching: () => undefined, dismiss: touch('standby') },
    probation: { end: touch('probation') },
  } as unknown as ChangeParts;
});

describe('a model of which the weights are more than the whole card', () => {
  it.each([true, false])('is refused before anything is touched (dry run: %s)', async (dryRun) => {
    const change = {
      kind: 'update',
      dryRun,
      force: false,
      mode: 'hold',
      target: { reference: 'local://next' },
    };
    await expect(changeModel(parts, someOperation(), change as unknown as Change)).rejects.toMatchObject({
      type: 'insufficient_storage',
      message: 'its weights take 531 MiB of GPU memory',
    });
    expect(touched).toEqual([]);
    expect(slot.current?.identity.reference).toBe('local://serving');
    expect(slot.current?.isClosed).toBeFalsy();
  });
});
