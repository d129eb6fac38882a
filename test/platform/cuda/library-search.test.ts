import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeLibraryPath } from '../../../src/platform/cuda/complete-library-path.ts';
import { absentOf, exportCommand, findLibraries } from '../../../src/platform/cuda/library-search.ts';
import { PROVIDER } from '../../../src/platform/cuda/provider-files.ts';
import { systemLibraries } from '../../../src/platform/cuda/system-libraries.ts';
import { elf } from '../../support/provider/elf.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** No linker finds these by itself, whatever is installed where the tests run. */
const [RUNTIME, DNN] = ['libcudart.so.97', 'libcudnn.so.9'];

/** A virtual environment with NVIDIA's wheels. @param files below `nvidia` */
async function environment(...files: readonly string[]): Promise<{ root: string; packages: string }> {
  const root = await temporaryDirectory();
  const packages = join(root, 'lib', 'python3.12', 'site-packages', 'nvidia');
  await mkdir(join(root, 'bin'));
  await symlink('/usr/bin/env', join(root, 'bin', 'python3'));
  for (const file of files) {
    await mkdir(join(packages, file, '..'), { recursive: true });
    await writeFile(join(packages, file), elf([]));
  }
  return { root, packages };
}

describe("CUDA's libraries in NVIDIA's wheels", () => {
  it.each([
    ['13: one folder and that of cuDNN', [`cu13/lib/${RUNTIME}`, `cudnn/lib/${DNN}`]],
    ['12: one folder each', [`cuda_runtime/lib/${RUNTIME}`, `cudnn/lib/${DNN}`]],
  ])('of CUDA %s', async (_, files) => {
    const { root, packages } = await environment(...files);
    for (const env of [{ VIRTUAL_ENV: root }, { PATH: `/nonexistent:${join(root, 'bin')}` }]) {
      const found = await findLibraries([RUNTIME, 'libnone.so.3'], systemLibraries(env));
      expect(found.elsewhere).toEqual([join(packages, files[0] as string)]);
      expect(absentOf(found)).toEqual(['libnone.so.3']);
    }
  });

  it('are given to engines, after what the linker was told, and only where it finds none', async () => {
    const { root, packages } = await environment(`cu13/lib/${RUNTIME}`, `cudnn/lib/${DNN}`);
    const own = await temporaryDirectory();
    await writeFile(join(own, 'libonnxruntime.so.1'), '');
    await writeFile(join(own, PROVIDER), elf([RUNTIME]));
    const env = { VIRTUAL_ENV: root, LD_LIBRARY_PATH: own };
    const completed = await completeLibraryPath(env);
    expect(completed.added[0]).toBe(join(packages, 'cu13/lib'));
    expect(completed.env['LD_LIBRARY_PATH']).toBe([own, ...completed.added].join(':'));
    for (const name of [RUNTIME, DNN]) await writeFile(join(own, name), elf([]));
    expect(await completeLibraryPath(env)).toEqual({ env, added: [] });
  });

  it('are not looked for where there is no provider', async () => {
    const { root } = await environment(`cu13/lib/${RUNTIME}`);
    const own = await temporaryDirectory();
    await writeFile(join(own, 'libonnxruntime.so.1'), '');
    const env = { VIRTUAL_ENV: root, LD_LIBRARY_PATH: own };
    expect(await completeLibraryPath(env)).toEqual({ env, added: [] });
  });

  it('are added by a command that leaves no empty part', () => {
    expect(exportCommand(['/a', '/b'])).toBe(
      'export LD_LIBRARY_PATH=/a:/b${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}',
    );
  });
});
