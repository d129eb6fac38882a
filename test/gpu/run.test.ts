import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const program = fileURLToPath(new URL('run.ts', import.meta.url));
const bench = fileURLToPath(new URL('../../bench/swap.ts', import.meta.url));

/** @param env besides PATH */
function testGpu(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { PATH, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, lines: stderr.trim().split('\n') };
}

// No provider and no driver can be found: these hold on a machine with a card too.
it.each([
  [[], { CUDA_VISIBLE_DEVICES: '-1' }, /nothing was tested, because cuda does not work here: \S/],
  [
    ['--device', 'webgpu'],
    { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' },
    /nothing was tested, because webgpu/,
  ],
  [['--stub'], { RERANK_TEST_CUDA_PROVIDER: '/nowhere' }, /can't run: no CUDA provider: npm run setup:cuda/],
] as const)(
  'test:gpu %j says in one line that there is nothing to test on, and fails',
  { timeout: 60_000 },
  (args, env, words) => {
    const { status, stdout, lines } = testGpu(args, env);
    expect(lines.at(-1)).toMatch(words);
    expect(stdout).toBe('');
    expect(status).toBe(3);
  },
);

/** A machine with a driver, as far as that can be seen, and with nothing that CUDA needs. */
async function withDriver(): Promise<string> {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, 'nvidia-smi'), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
  return `${folder}:${process.env['PATH']}`;
}

// No engine reaches a card with these: they hold on a machine with one too.
const hidden = { CUDA_VISIBLE_DEVICES: '99' };

it('test:gpu tells a card that does not work from none', { timeout: 60_000 }, async () => {
  const { status, lines } = testGpu([], { PATH: await withDriver(), ...hidden });
  expect(lines.at(-1)).toMatch(/there is the (NVIDIA driver|card).*, but nothing was tested, because cuda/);
  expect(lines.at(-1)).toContain('rerankd doctor');
  expect(status).toBe(4);
});

it('so do the benches', { timeout: 60_000 }, async () => {
  const { status, stderr } = spawnSync(process.execPath, [bench, '--device', 'cuda', '--swaps', '1'], {
    env: { PATH: await withDriver(), ...hidden },
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/there is the (NVIDIA driver|card).*, but cuda does not work: .*rerankd doctor/);
  expect(status).toBe(78);
});

it('test:gpu refuses a device that it does not know', () => {
  expect(testGpu(['--device', 'tpu'])).toMatchObject({
    status: 2,
    lines: ['test:gpu: --device must be one of cuda, webgpu, not "tpu"', '--help lists the flags.'],
  });
});
