import { describe, expect, it } from 'vitest';
import { deviceRefusal, type LoadKnown, memoryAdvice, withAdvice } from '../../src/engine/engine-refusal.ts';
import { ServiceError } from '../../src/errors.ts';

const NO_MEMORY = 'Failed to allocate memory for requested buffer of size 4096';

describe('the advice on too little memory', () => {
  it.each<[LoadKnown, string]>([
    [{}, 'Free memory on the device.'],
    [{ device: 'cuda', dtype: 'fp16', engines: 1 }, 'Free memory on the device.'],
    [{ device: 'cuda', dtype: 'fp16', mode: 'hold' }, 'Free memory on the device.'],
    [{ device: 'cuda', dtype: 'as exported' }, 'Free memory on the device.'],
    [{ device: 'cpu', dtype: 'int8' }, 'Free memory on the device.'],
    [{ device: 'cuda', dtype: 'fp16', mode: 'beside' }, 'Free memory on the device, or update in mode hold.'],
    [{ device: 'cuda', dtype: 'fp32' }, 'Free memory on the device, or use a smaller dtype (fp16).'],
    [{ device: 'cpu', dtype: 'fp16' }, 'Free memory on the device, or use a smaller dtype (int8).'],
    [
      { device: 'webgpu', dtype: 'fp32', engines: 2, mode: 'beside' },
      'Free memory on the device, lower RERANK_ENGINES, use a smaller dtype (fp16), or update in mode hold.',
    ],
  ])('to %j is what applies there', (known, advice) => {
    expect(memoryAdvice(known)).toBe(advice);
  });

  it('is given to a refusal that an engine made without knowing the load', () => {
    const refusal = deviceRefusal(NO_MEMORY, new Error(NO_MEMORY)) as ServiceError;
    expect(withAdvice(refusal, { engines: 2 })).toMatchObject({
      type: 'insufficient_storage',
      message: refusal.message,
      detail: 'Free memory on the device, or lower RERANK_ENGINES.',
    });
    const disk = new ServiceError('insufficient_storage', 'the disk is full', { detail: 'Free some.' });
    expect(withAdvice(disk, { engines: 2 })).toBeUndefined();
  });
});
