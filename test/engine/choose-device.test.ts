import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { CardSign } from '../../src/engine/card-signs.ts';
import { chooseDevice } from '../../src/engine/choose-device.ts';
import { probeModel } from '../../src/graph/probe-model.ts';
import { systemClock } from '../../src/platform/clock.ts';

/** Directories without any CUDA library, so that the outcome is the same on a machine that has them. */
const env = { LD_LIBRARY_PATH: '/nonexistent', CUDA_VISIBLE_DEVICES: '' };

const SET_UP: CardSign = { what: 'the CUDA provider', isMeant: true };

interface Machine {
  /** What speaks for a card. */
  readonly sign?: CardSign;
  readonly fallback?: 'none' | 'cpu';
}

function setUp(wanted: 'auto' | 'cpu' | 'cuda', { sign, fallback = 'none' }: Machine = {}) {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  return {
    warnings,
    choice: () =>
      chooseDevice({
        wanted,
        fallback,
        signOfCard: () => Promise.resolve(sign),
        probeModel: probeModel(),
        env,
        clock: systemClock,
        logger,
      }),
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
      detail: expect.stringMatching(/cudnn/i),
    });
  });

  it('takes the CPU on auto where nothing speaks for a card, without a warning', async () => {
    const { choice, warnings } = setUp('auto');
    expect(await choice()).toEqual({ device: 'cpu', version: expect.stringMatching(/^1\./) });
    expect(warnings).toEqual([]);
  });

  it('takes the CPU on auto where a card was never set up, and says how to', async () => {
    const { choice, warnings } = setUp('auto', { sign: { what: 'the card /dev/nvidia0', isMeant: false } });
    expect(await choice()).toEqual({ device: 'cpu', version: expect.stringMatching(/^1\./) });
    expect(warnings.join()).toMatch(/the card \/dev\/nvidia0.*setup:cuda/);
  });

  it('takes no CPU on auto in place of a card that does not work', async () => {
    await expect(setUp('auto', { sign: SET_UP }).choice()).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('RERANK_DEVICE=auto found the CUDA provider, but cuda'),
      detail: expect.stringContaining('RERANK_GPU_FALLBACK=cpu'),
    });
  });

  it('falls back to the CPU on auto when told to, and says so', async () => {
    const { choice, warnings } = setUp('auto', { sign: SET_UP, fallback: 'cpu' });
    expect(await choice()).toMatchObject({
      device: 'cpu',
      fallback: { from: 'cuda', reason: expect.any(String), since: expect.stringMatching(/^\d{4}-/) },
    });
    expect(warnings.join()).toContain('FALLING BACK TO THE CPU');
  });

  it('never falls back where a device was named', async () => {
    const machine = { sign: SET_UP, fallback: 'cpu' } as const;
    await expect(setUp('cuda', machine).choice()).rejects.toMatchObject({ type: 'unavailable' });
  });
});
