import { describe, expect, it } from 'vitest';
import { chooseMode, type ModeRequest } from '../../../src/serving/update/choose-mode.ts';

const GIB = 2 ** 30;
const free = { bytes: 6.3 * GIB, limitedBy: 'the cgroup limit of 8.0 GiB' };
const tight = { bytes: 0.5 * GIB, limitedBy: "the machine's memory" };
const base: ModeRequest = { wanted: 'auto', neededBytes: 1.1 * GIB, free, hasCurrent: true };

describe('the mode of a swap', () => {
  it('is beside where both models fit', () => {
    expect(chooseMode(base)).toEqual({
      chosen: 'beside',
      why: 'beside: it needs about 1.1 GiB and 6.3 GiB are free (the cgroup limit of 8.0 GiB)',
    });
  });

  it('is hold where they do not', () => {
    expect(chooseMode({ ...base, free: tight })).toEqual({
      chosen: 'hold',
      why: "hold: it needs about 1.1 GiB and only 512 MiB are free (the machine's memory), of which a tenth is kept in reserve",
    });
  });

  it('keeps a tenth of what is free in reserve', () => {
    const room = { ...base, free: { ...free, bytes: 1000 } };
    expect(chooseMode({ ...room, neededBytes: 900 }).chosen).toBe('beside');
    expect(chooseMode({ ...room, neededBytes: 901 }).chosen).toBe('hold');
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
    expect(chooseMode({ ...base, wanted: 'hold', free: tight }).chosen).toBe('hold');
  });

  it('comes with a warning when beside was asked for and may not fit', () => {
    expect(chooseMode({ ...base, wanted: 'beside', free: tight })).toEqual({
      chosen: 'beside',
      why:
        "beside, as asked for, though it may not fit: it needs about 1.1 GiB and only 512 MiB are free (the machine's memory), " +
        'of which a tenth is kept in reserve. The system may kill a process; mode hold makes room first',
    });
  });

  it('is beside where no model is loaded, however little is free', () => {
    for (const wanted of ['auto', 'beside', 'hold'] as const) {
      const { chosen, why } = chooseMode({ ...base, wanted, free: tight, hasCurrent: false });
      expect(chosen).toBe('beside');
      expect(why).toContain('no model is loaded');
    }
  });
});
