import { describe, expect, it } from 'vitest';
import { chooseCuda } from '../../../scripts/setup-cuda/choose-cuda.ts';
import { reportOn } from '../../../scripts/setup-cuda/report.ts';
import type { NvidiaDriver } from '../../../src/commands/doctor/gpu/nvidia-driver.ts';

const TOOLKIT = '/usr/local/cuda/lib64';

/** @param names of libraries in a folder in which the linker does not look */
const having = (...names: readonly string[]) => ({
  libraryPath: '',
  entries: async (folder: string) => (folder === TOOLKIT ? names : []),
  linkerCache: async () => '',
  others: async () => [TOOLKIT],
});

const card = { name: 'RTX 4090', driver: '580.65', freeMib: '1', totalMib: '1', capability: 8.9 };
const works = (different: Partial<typeof card> = {}): NvidiaDriver => ({
  state: 'works',
  cards: [{ ...card, ...different }],
});
const [RUNTIME_12, RUNTIME_13] = ['libcudart.so.12', 'libcudart.so.13'];

describe('setup:cuda without --cuda', () => {
  it.each([
    ['an old driver', works({ driver: '570.86' }), having(RUNTIME_13), /driver is 570\.86.*580/],
    ['an old card', works({ name: 'P100', capability: 6 }), having(RUNTIME_13), /P100.*6\.0.*7\.5/],
    ['half a driver', { state: 'kernel only', version: '535.1' } as const, having(), /535\.1/],
    ['its libraries', works(), having(RUNTIME_12), /libcudart\.so\.12 is on this machine/],
  ])('takes CUDA 12 for %s, and says so', async (_, driver, libraries, why) => {
    expect(await chooseCuda(driver, libraries)).toEqual({ cuda: 12, because: expect.stringMatching(why) });
  });

  it.each([
    ['all is new', works(), having(RUNTIME_13)],
    ['both are there', works(), having(RUNTIME_12, RUNTIME_13)],
    ['nothing is', { state: 'none', hasCard: false } as const, having()],
  ])('leaves it at the newest where %s', async (_, driver, libraries) => {
    expect(await chooseCuda(driver, libraries)).toBeUndefined();
  });

  it('names the other one where its libraries are there, and those of this one are not', () => {
    const provider = {
      state: 'there',
      cuda: 13,
      origin: 'a wheel',
      version: '1.30.0',
      needed: [],
      libraries: { missing: [RUNTIME_13], elsewhere: [] },
    } as const;
    const told = (hasCuda12: boolean) =>
      reportOn(provider, { directory: '/x', version: '1.30.0', hasCuda12 }).lines.join('\n');
    expect(told(true)).toContain('npm run setup:cuda -- --cuda 12');
    expect(told(false)).not.toContain('--cuda 12');
  });
});
