import { describe, expect, it } from 'vitest';
import { signOfCard } from '../../src/engine/card-signs.ts';

const look = (paths: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  signOfCard(
    { PATH: '/usr/local/bin:/usr/bin', ...env },
    {
      platform: 'linux',
      arch: 'x64',
      names: (directory) =>
        Promise.resolve(
          paths.flatMap((path) => (path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : [])),
        ),
      exists: (path) => Promise.resolve(paths.some((known) => path.endsWith(known))),
    },
  );

describe('what speaks for a card', () => {
  it.each([
    ['a device file', '/dev/nvidia0', /the card \/dev\/nvidia0/],
    ['the tool of the driver', '/usr/bin/nvidia-smi', /the NVIDIA driver \(\/usr\/bin\/nvidia-smi\)/],
    ['an installed provider', 'libonnxruntime_providers_cuda.so', /the CUDA provider/],
  ])('%s', async (_, path, sign) => {
    expect((await look(['/dev/null', path]))?.what).toMatch(sign);
  });

  it('only who has installed the provider means to use it', async () => {
    expect(await look(['/dev/nvidia0', '/usr/bin/nvidia-smi'])).toMatchObject({ isMeant: false });
    const all = ['/dev/nvidia0', 'libonnxruntime_providers_cuda.so'];
    expect(await look(all)).toMatchObject({ isMeant: true, what: expect.stringContaining('provider') });
  });

  it('the provider counts where ONNX Runtime would be loaded from', async () => {
    const lib = ['/opt/ort/libonnxruntime.so.1', '/opt/ort/libonnxruntime_providers_cuda.so'];
    const sign = await look(lib, { LD_LIBRARY_PATH: '/usr/lib:/opt/ort' });
    expect(sign?.what).toBe('the CUDA provider (/opt/ort/libonnxruntime_providers_cuda.so)');
  });

  it('nothing does on a machine without any of these', async () => {
    expect(await look(['/dev/null', '/dev/nvidia-caps', '/usr/bin/env'])).toBeUndefined();
  });

  it.each(['', ' ', '-1', '-1,0', 'NoDevFiles'])(
    'nothing does where cards are hidden on purpose: CUDA_VISIBLE_DEVICES="%s"',
    async (hidden) => {
      expect(await look(['/dev/nvidia0'], { CUDA_VISIBLE_DEVICES: hidden })).toBeUndefined();
    },
  );
});
