import { describe, expect, it } from 'vitest';
import { isSoftwareOnly } from '../../src/platform/vulkan/software-only.ts';

const FOLDER = '/usr/share/vulkan/icd.d';

/** Driver files, and nodes of cards. */
const machine = (drivers: readonly string[], nodes: readonly string[], isOpen = true) => ({
  platform: 'linux',
  entries: async (path: string) => ({ [FOLDER]: drivers, '/dev/dri': nodes })[path] ?? [],
  mayOpen: async () => isOpen,
});

const MESA = ['lvp_icd.x86_64.json', 'radeon_icd.x86_64.json'];

describe('isSoftwareOnly', () => {
  it.each([
    ['only software drivers', machine(['lvp_icd.x86_64.json'], ['renderD128']), {}],
    ['drivers of cards, and no card', machine(MESA, ['card0']), {}],
    ['a card that may not be opened', machine(MESA, ['renderD128'], false), {}],
    [
      'a software driver by name',
      machine(MESA, ['renderD128']),
      { VK_ICD_FILENAMES: '/x/vk_swiftshader_icd.json' },
    ],
  ])('is so with %s', async (_, seen, env) => {
    expect(await isSoftwareOnly(env, seen)).toBe(true);
  });

  it('is not so with a card and its driver, or where nothing is known', async () => {
    expect(await isSoftwareOnly({}, machine(MESA, ['renderD128']))).toBe(false);
    expect(await isSoftwareOnly({}, { ...machine([], []), platform: 'darwin' })).toBe(false);
  });
});
