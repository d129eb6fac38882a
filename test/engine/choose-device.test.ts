import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { chooseDevice } from '../../src/engine/choose-device.ts';
import { probeModel } from '../../src/graph/probe-model.ts';
import { systemClock } from '../../src/platform/clock.ts';

/** Directories without any CUDA library, so that the outcome is the same on a machine that has them. */
const env = { LD_LIBRARY_PATH: '/nonexistent', CUDA_VISIBLE_DEVICES: '' };

function setUp(wanted: 'auto' | 'cpu' | 'cuda') {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  return {
    warnings,
    choice: () => chooseDevice({ wanted, probeModel: probeModel(), env, clock: systemClock, logger }),
  };
}

describe('choosing a device', () => {
  it('takes the CPU when asked to, without a word', async () => {
    const { choice, warnings } = setUp('cpu');
    expect(await choice()).toEqual({ device: 'cpu', version: expect.stringMatching(/^1\./) });
    expect(warnings).toEqual([]);
  });

  it('refuses a GPU that is not there', async () => {
    await expect(setUp('cuda').choice()).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('RERANK_DEVICE=cuda'),
      detail: expect.stringContaining('cuDNN'),
    });
  });

  it('falls back to the CPU on auto and says so', async () => {
    const { choice, warnings } = setUp('auto');
    expect(await choice()).toEqual({ device: 'cpu', version: expect.stringMatching(/^1\./) });
    expect(warnings.join()).toContain('falling back to cpu');
  });
});
