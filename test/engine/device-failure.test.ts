import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../src/engine/device-failure.ts';
import { PROVIDER } from '../../src/platform/cuda/provider-files.ts';
import { elf } from '../support/provider/elf.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('why a device does not work', () => {
  it('is the libraries that the CUDA provider does not find, by their names', async () => {
    const folder = await temporaryDirectory();
    await writeFile(join(folder, 'libonnxruntime.so.1'), '');
    await writeFile(join(folder, PROVIDER), elf(['libcudart.so.12', 'libnone.so.7']));
    await writeFile(join(folder, 'libcudart.so.12'), '');
    const env = { LD_LIBRARY_PATH: folder };
    const { cause, hint } = await explainFailure('cuda', 'Failed to load shared library', env);
    expect(cause).toMatch(/^libraries that the CUDA provider needs are not found: libnone\.so\.7/);
    expect(hint).toContain('Look for a package with libnone.so.7.');
    expect(hint).not.toContain('setup:cuda');
    const failure = await explainFailure('cuda', 'CUDA failure 46: all devices are busy ; GPU=0', env);
    expect(failure.cause).toMatch(/^CUDA failure 46/);
    expect(failure.hint).toMatch(/^The CUDA provider is there/);
  });

  it('is what the runtime says, where nothing better is known', async () => {
    const folder = await temporaryDirectory();
    await writeFile(join(folder, 'libonnxruntime.so.1'), '');
    const env = { LD_LIBRARY_PATH: folder };
    expect(await explainFailure('cuda', 'no provider', env)).toMatchObject({
      cause: 'no provider',
      hint: expect.stringContaining('setup:cuda'),
    });
  });

  it.each([
    ['Failed to get a WebGPU adapter: No supported adapters', 'no Vulkan adapter was found'],
    ['the device is lost', 'the device is lost'],
  ])('is no assertion of WebGPU: %s', async (reason, cause) => {
    const assertion = `/onnxruntime_src/core/webgpu_context.cc:136 Initialize()::<lambda()> status == Success was false. ${reason}`;
    expect(await explainFailure('webgpu', assertion, {})).toMatchObject({ cause });
  });
});
