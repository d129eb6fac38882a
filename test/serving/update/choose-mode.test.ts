import { describe, expect, it } from 'vitest';
import { chooseMode, type MemoryNeed, type ModeRequest } from '../../../src/serving/update/choose-mode.ts';

const GIB = 2 ** 30;
const free = { bytes: 6.3 * GIB, limitedBy: 'the cgroup limit of 8.0 GiB' };
const tight = { bytes: 0.5 * GIB, limitedBy: "the machine's memory" };
const host: MemoryNeed = { kind: 'host', neededBytes: 1.1 * GIB, free };
const short: MemoryNeed = { ...host, free: tight };
const base: ModeRequest = { wanted: 'auto', needs: [host], hasCurrent: true };

describe('the mode of a swap', () => {
  it('is beside where both models fit', () => {
    expect(chooseMode(base)).toEqual({
      chosen: 'beside',
      why: 'beside: it needs about 1.1 GiB and 6.3 GiB are free (the cgroup limit of 8.0 GiB)',
    });
  });

  it('is hold where they do not', () => {
    expect(chooseMode({ ...base, needs: [short] })).toEqual({
      chosen: 'hold',
      why: "hold: it needs about 1.1 GiB and only 512 MiB are free (the machine's memory), of which a tenth is kept in reserve",
    });
  });

  it('keeps a tenth of what is free in reserve', () => {
    const need = (neededBytes: number): ModeRequest => ({
      ...base,
      needs: [{ ...host, neededBytes, free: { ...free, bytes: 1000 } }],
    });
    expect(chooseMode(need(900)).chosen).toBe('beside');
    expect(chooseMode(need(901)).chosen).toBe('hold');
  });

  it('is what was asked for', () => {
    expect(chooseMode({ ...base, wanted: 'beside' })).toEqual({
      chosen: 'beside',
      why: 'beside, as asked for: it needs about 1.1 GiB and 6.3 GiB are free (the cgroup limit of 8.0 GiB)',
    });
    expect(chooseMode({ ...base, wanted: 'hold' })).toEqual({
      chosen: 'hold',
      why: 'hold, as asked for: it needs about 1.1 GiB and 6.3 GiB are free (the cgroup limit of 8.0 GiB)',
    });
    expect(chooseMode({ ...base, wanted: 'hold', needs: [short] }).chosen).toBe('hold');
  });

  it('comes with a warning when beside was asked for and may not fit', () => {
    expect(chooseMode({ ...base, wanted: 'beside', needs: [short] })).toEqual({
      chosen: 'beside',
      why:
        "beside, as asked for, though it may not fit: it needs about 1.1 GiB and only 512 MiB are free (the machine's memory), " +
        'of which a tenth is kept in reserve. The system may kill a process; mode hold makes room first',
    });
  });

  it('is beside where no model is loaded, however little is free', () => {
    for (const wanted of ['auto', 'beside', 'hold'] as const) {
      const { chosen, why } = chooseMode({ ...base, wanted, needs: [short], hasCurrent: false });
      expect(chosen).toBe('beside');
      expect(why).toContain('no model is loaded');
    }
  });
});

describe('the mode of a swap on a GPU', () => {
  const gpu: MemoryNeed = {
    kind: 'gpu',
    neededBytes: 3.1 * GIB,
    free: { bytes: 60 * GIB, limitedBy: 'NVIDIA H100 80GB HBM3' },
  };
  const fullCard: MemoryNeed = { ...gpu, free: { ...gpu.free, bytes: 1.9 * GIB } };

  it('is beside where both memories have room', () => {
    expect(chooseMode({ ...base, needs: [host, gpu] })).toEqual({
      chosen: 'beside',
      why:
        'beside: it needs about 1.1 GiB and 6.3 GiB are free (the cgroup limit of 8.0 GiB), ' +
        'and it needs about 3.1 GiB of GPU memory and 60.0 GiB are free (NVIDIA H100 80GB HBM3)',
    });
  });

  it('is hold where the card has no room, and speaks of that alone', () => {
    expect(chooseMode({ ...base, needs: [host, fullCard] })).toEqual({
      chosen: 'hold',
      why:
        'hold: it needs about 3.1 GiB of GPU memory and only 1.9 GiB are free (NVIDIA H100 80GB HBM3), ' +
        'of which a tenth is kept in reserve',
    });
  });

  it('is hold where the card has room and the host has none', () => {
    const { chosen, why } = chooseMode({ ...base, needs: [short, gpu] });
    expect(chosen).toBe('hold');
    expect(why).not.toContain('GPU');
  });

  it('names both where neither has room', () => {
    expect(chooseMode({ ...base, needs: [short, fullCard] }).why).toMatch(
      /^hold: it needs about 1.1 GiB and only .*, and it needs about 3.1 GiB of GPU memory and only 1.9 GiB/,
    );
  });

  it('warns of what may happen when beside was asked for', () => {
    expect(chooseMode({ ...base, wanted: 'beside', needs: [host, fullCard] }).why).toMatch(
      /^beside, as asked for, though it may not fit: .*The load may fail for want of GPU memory/,
    );
  });
});
