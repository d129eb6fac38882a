import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('run.ts', import.meta.url));

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

it('test:gpu refuses a device that it does not know', () => {
  expect(testGpu(['--device', 'tpu'])).toMatchObject({
    status: 2,
    lines: [expect.stringContaining('cuda or webgpu')],
  });
});
