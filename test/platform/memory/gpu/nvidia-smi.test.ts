import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nvidiaSmi } from '../../../../src/platform/memory/gpu/nvidia-smi.ts';
import { scratchDirectory } from '../../../support/directories.ts';
import * as texts from './nvidia-smi-texts.ts';

/** A program of that name in PATH, which is a shell script. */
async function program(script: string) {
  const directory = await scratchDirectory();
  const file = join(directory.path, 'nvidia-smi');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  const run = nvidiaSmi({ PATH: `${directory.path}:${process.env['PATH']}` });
  return { run, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

describe('nvidia-smi', () => {
  it('is run with its arguments, in the environment that it is given', async () => {
    await using smi = await program(`echo "$@" "$LC_ALL" "$HOME"`);
    expect(await smi.run(['-q', '-x'])).toBe('-q -x C \n');
  });

  it('says in its own words what is wrong', async () => {
    await using smi = await program(`cat <<'END'\n${texts.mismatch}END\nexit 18`);
    await expect(smi.run([])).rejects.toThrow(
      'nvidia-smi: Failed to initialize NVML: Driver/library version mismatch',
    );
  });

  it('is killed when it prints without end', async () => {
    await using smi = await program('exec yes');
    await expect(smi.run([])).rejects.toThrow(/nvidia-smi: /);
  });

  it('is killed when it has no answer in the time that somebody has', async () => {
    await using smi = await program('exec sleep 600');
    await expect(smi.run([], 50)).rejects.toThrow('nvidia-smi: no answer in time');
  });

  it('need not be there', async () => {
    await expect(nvidiaSmi({ PATH: '/nonexistent' })([])).rejects.toThrow(/nvidia-smi.*ENOENT/);
  });
});
