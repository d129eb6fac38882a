import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/engine/choose-device.ts';
import { DeviceChoice } from '../../src/engine/device-choice.ts';
import { ManualClock } from '../support/manual-clock.ts';

const CUDA: Runtime = { device: 'cuda', version: '1.0.0' };

/** A choice among these, one for each look. */
function choiceOf(...outcomes: readonly (Runtime | Error)[]) {
  let looks = 0;
  const choose = async (): Promise<Runtime> => {
    const outcome = outcomes[looks++];
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('looked too often');
    return outcome;
  };
  return new DeviceChoice(choose, new ManualClock());
}

describe('the device that models run on', () => {
  it('is chosen once, however many ask', async () => {
    const choice = choiceOf(CUDA);
    expect(await Promise.all([choice.runtime(), choice.runtime()])).toEqual([CUDA, CUDA]);
    expect(await choice.runtime()).toEqual(CUDA);
  });

  it('is looked for again where none worked', async () => {
    const choice = choiceOf(new Error('the card is being reset'), CUDA);
    await expect(Promise.all([choice.runtime(), choice.runtime()])).rejects.toThrow('being reset');
    expect(await choice.runtime()).toEqual(CUDA);
  });

  it('is the CPU after a fallback, and stays so', async () => {
    const choice = choiceOf(CUDA);
    expect(choice.fallback).toBeUndefined();
    await choice.fallBack('device lost');
    await choice.fallBack('something later');
    expect(await choice.runtime()).toMatchObject({ device: 'cpu', fallback: { reason: 'device lost' } });
    expect(choice.fallback).toMatchObject({ from: 'cuda', reason: 'device lost' });
  });

  it('is the card again when the fallback is taken back', async () => {
    const choice = choiceOf(CUDA);
    const takeBack = await choice.fallBack('device lost');
    takeBack();
    expect([await choice.runtime(), choice.fallback]).toEqual([CUDA, undefined]);
  });
});
