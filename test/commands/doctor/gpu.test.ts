import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/commands/doctor/check.ts';
import { createDeviceCheck } from '../../../src/commands/doctor/checks/device.ts';
import { type CudaFacts, diagnoseCuda } from '../../../src/commands/doctor/gpu/cuda.ts';
import { cudaFacts } from '../../../src/commands/doctor/gpu/cuda-facts.ts';
import type { Trial } from '../../../src/commands/doctor/gpu/try-devices.ts';
import { diagnoseWebgpu, type VulkanFacts } from '../../../src/commands/doctor/gpu/webgpu.ts';
import type { Machine } from '../../../src/commands/doctor/machine.ts';
import { PROVIDER } from '../../../src/platform/cuda/provider-files.ts';
import { patient } from '../../support/patient.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const H100 = { name: 'H100', driver: '580.65', freeMib: '81000', totalMib: '81559', capability: 9 };

const provider = {
  state: 'there',
  cuda: 13,
  origin: 'a wheel',
  version: '1.30.0',
  needed: [],
  libraries: { missing: [], elsewhere: [] },
} as const satisfies CudaFacts['provider'];

const facts = (different: Partial<CudaFacts> = {}): CudaFacts => ({
  platform: 'linux',
  arch: 'x64',
  isContainer: false,
  visibleDevices: undefined,
  driver: { state: 'works', cards: [H100] },
  hasDriverLibrary: true,
  provider,
  attempt: { runtime: '1.30.0', failure: 'CUDA failure 999' },
  ...different,
});

const none = { state: 'none', hasCard: false } as const;
const lacking = (missing: string[], elsewhere: string[] = []) => ({
  ...provider,
  libraries: { missing, elsewhere },
});

describe('why CUDA is not used', () => {
  it.each<[string, Partial<CudaFacts>, RegExp, RegExp]>([
    [
      'the system',
      { platform: 'darwin', arch: 'arm64', driver: none },
      /Linux on x64, and this is darwin on arm64/,
      /webgpu/,
    ],
    ['no card', { driver: none }, /no NVIDIA driver, and no NVIDIA card/, /RERANK_DEVICE=webgpu/],
    [
      'no driver',
      { driver: { state: 'none', hasCard: true } },
      /an NVIDIA card, and no driver/,
      /580 or later/,
    ],
    [
      'a container without it',
      { driver: none, isContainer: true },
      /no NVIDIA driver/,
      /--gpus all.*nvidia\.com\/gpu/,
    ],
    [
      'half a driver',
      { driver: { state: 'kernel only', version: '580.1' }, hasDriverLibrary: false, isContainer: true },
      /kernel has NVIDIA driver 580\.1, but libcuda\.so\.1/,
      /--gpus all/,
    ],
    ['a driver that hangs', { driver: { state: 'hangs' } }, /does not answer/, /Xid/],
    [
      'an update',
      { driver: { state: 'fails', said: 'Driver/library version mismatch' } },
      /version mismatch/,
      /updated under a running kernel/,
    ],
    [
      'no module',
      { driver: { state: 'fails', said: "couldn't communicate with the NVIDIA driver" } },
      /communicate/,
      /modprobe nvidia/,
    ],
    [
      'an ancient driver',
      { driver: { state: 'fails', said: 'Field "compute_cap" is not a valid field' } },
      /compute_cap/,
      /much too old/,
    ],
    [
      'no devices',
      { driver: { state: 'fails', said: 'No devices were found' }, isContainer: true },
      /No devices/,
      /--gpus all/,
    ],
    ['hidden cards', { visibleDevices: '' }, /CUDA_VISIBLE_DEVICES="" hides/, /Unset it/],
    ['no provider', { provider: { state: 'absent' } }, /provider is not installed/, /"npm run setup:cuda"\./],
    [
      'no provider, for an old driver',
      { provider: { state: 'absent' }, driver: { state: 'works', cards: [{ ...H100, driver: '535.1' }] } },
      /provider is not installed/,
      /--cuda 12/,
    ],
    [
      'half a provider',
      { provider: { state: 'broken', reason: 'x is missing beside it' } },
      /can't be used: x is missing/,
      /setup:cuda/,
    ],
    [
      'an old driver',
      { driver: { state: 'works', cards: [{ ...H100, driver: '570.1' }] } },
      /driver 570\.1 is too old for CUDA 13, which asks for 580/,
      /--cuda 12/,
    ],
    [
      'an old card',
      { driver: { state: 'works', cards: [{ ...H100, name: 'P100', capability: 6 }] } },
      /P100 has compute capability 6\.0, and CUDA 13 asks for 7\.5/,
      /--cuda 12/,
    ],
    [
      'another version',
      { provider: { ...provider, version: '1.29.0' } },
      /of version 1\.29\.0, and ONNX Runtime of version 1\.30\.0/,
      /setup:cuda/,
    ],
    [
      'libraries',
      { provider: lacking(['libcudart.so.13']) },
      /not found: libcudart\.so\.13/,
      /cuda-cudart-13-0/,
    ],
    [
      'libraries of which some are elsewhere',
      {
        provider: lacking(['libcudart.so.13', 'libcudnn.so.9'], ['/usr/local/cuda/lib64/libcudart.so.13']),
      },
      /not found: libcudnn\.so\.9$/,
      /^apt-get install libcudnn9-cuda-13 /,
    ],
    [
      'an architecture for which nothing was built',
      { attempt: { runtime: '1.30.0', failure: 'CUDA failure 209: no kernel image is available' } },
      /no kernels for H100, compute capability 9\.0/,
      /--cuda 12.*RERANK_DEVICE=webgpu/,
    ],
    ['what ONNX Runtime says', {}, /ONNX Runtime 1\.30\.0 says: CUDA failure 999/, /Xid/],
  ])('is %s', (_, different, cause, mend) => {
    const found = diagnoseCuda(facts(different));
    expect(found.cause).toMatch(cause);
    expect(found.mend).toMatch(mend);
  });

  it('is CUDA 12 with a driver and a card that are new enough for that', () => {
    const old = { ...H100, driver: '535.1', capability: 6.1 };
    const found = diagnoseCuda(
      facts({ driver: { state: 'works', cards: [old] }, provider: { ...provider, cuda: 12 } }),
    );
    expect(found.cause).toContain('CUDA failure 999');
  });

  it('is the first of several: with no driver, nothing else matters', () => {
    const everything = facts({ driver: none, hasDriverLibrary: false, provider: lacking(['libcuda.so.1']) });
    expect(diagnoseCuda(everything).cause).toMatch(/^there is no NVIDIA driver/);
    expect(cudaFacts(everything)).toEqual([
      'driver: none',
      'CUDA provider: 1.30.0 for CUDA 13, from a wheel, digests right',
      'libraries: not found: libcuda.so.1',
      'ONNX Runtime 1.30.0 says: CUDA failure 999',
    ]);
  });
});

describe('why WebGPU does not work', () => {
  const all: VulkanFacts = {
    platform: 'linux',
    hasLoader: true,
    drivers: [{ path: '/x/radeon_icd.json', missing: undefined }],
    nodes: [{ path: '/dev/dri/renderD128', isOpen: true }],
  };
  const software = [{ path: '/x/lvp_icd.json', missing: undefined }];
  it.each<[string, Partial<VulkanFacts>, RegExp, RegExp]>([
    ['the loader', { hasLoader: false, nodes: [] }, /libvulkan\.so\.1/, /libvulkan1/],
    ['no card', { nodes: [] }, /no card is to be seen/, /--device \/dev\/dri/],
    ['no driver', { drivers: [] }, /no Vulkan driver/, /mesa-vulkan-drivers/],
    ['software', { drivers: software }, /only Vulkan drivers are software/, /mesa-vulkan-drivers/],
    [
      'half a driver',
      { drivers: [...software, { path: '/x/nvidia_icd.json', missing: 'libGLX_nvidia.so.0' }] },
      /nvidia_icd\.json \(libGLX_nvidia\.so\.0 is not there\)/,
      /NVIDIA_DRIVER_CAPABILITIES/,
    ],
    [
      'permission',
      { nodes: [{ path: '/dev/dri/renderD128', isOpen: false }] },
      /may not open \/dev\/dri\/renderD128/,
      /group/,
    ],
    ['what ONNX Runtime says', {}, /says: no adapter/, /vulkaninfo/],
  ])('is %s', (_, different, cause, mend) => {
    const found = diagnoseWebgpu({ ...all, ...different }, { runtime: '1.30.0', failure: 'no adapter' });
    expect(found.cause).toMatch(cause);
    expect(found.mend).toMatch(mend);
  });
});

describe('rerankd doctor on the device', () => {
  /** Nothing of a GPU; and the provider of this checkout does not count. */
  const bare: Partial<Machine> = { platform: 'linux', arch: 'none', info: async () => undefined };
  const works = (device: Trial['device']): Trial => ({ runtime: '1.30.0', device, failures: {} });
  const fails = (device: 'cuda' | 'webgpu', used?: 'cpu'): Trial => ({
    runtime: '1.30.0',
    device: used,
    failures: { [device]: 'no such thing' },
  });
  const smi = (line: string, code = 0): Partial<Machine> => ({
    execute: async (command) => (command === 'nvidia-smi' ? { code, stdout: line, stderr: '' } : undefined),
  });

  const look = async (
    device: string,
    trial: Trial,
    different: Partial<Machine> = {},
  ): Promise<[Finding, Finding]> => {
    const found = await createDeviceCheck(async () => trial).look(
      patient({ RERANK_DEVICE: device }, { ...bare, ...different }),
    );
    return found as unknown as [Finding, Finding];
  };

  it('is content with auto on a machine without a card', async () => {
    const [runtime, gpu] = await look('auto', fails('cuda', 'cpu'), {});
    expect(runtime.message).toBe('version 1.30.0 computes on cpu (RERANK_DEVICE=auto)');
    expect(gpu).toMatchObject({
      name: 'GPU',
      status: 'ok',
      message: expect.stringMatching(/^none is used: /),
    });
  });

  it('says that a driver that does not stay loaded wakes slowly', async () => {
    const line = 'H100, 580.65, 81559, 81000, 9.0';
    const details = async (mode: string) =>
      (await look('auto', fails('cuda', 'cpu'), smi(`${line}, ${mode}\n`)))[1].details?.join('\n');
    expect(await details('Disabled')).toContain('nvidia-smi -pm 1');
    for (const mode of ['Enabled', '[N/A]']) expect(await details(mode)).not.toContain('persistence');
  });

  it('warns where auto takes the CPU although there is a card, with all that is known', async () => {
    const [, gpu] = await look('auto', fails('cuda', 'cpu'), smi('H100, 580.65, 81559, 81000, 9.0\n'));
    expect(gpu).toMatchObject({ status: 'warning', mend: expect.stringContaining('RERANK_DEVICE=cpu') });
    expect(gpu.message).toMatch(/^the CPU is used, not the GPU: /);
    expect(gpu.details?.[0]).toBe(
      'driver: H100, driver 580.65, compute capability 9.0, 81000 of 81559 MiB free',
    );
  });

  const anyFile = { isDirectory: false, mode: 0o644, uid: 0, modified: new Date(0) };

  /** Where the provider is installed, as the server sees it. */
  const withProvider = async (settings: Readonly<Record<string, string>>): Promise<Finding> => {
    const found = await createDeviceCheck(async () => fails('cuda', 'cpu')).look(
      patient(
        { RERANK_DEVICE: 'auto', LD_LIBRARY_PATH: '/opt/ort', ...settings },
        {
          ...bare,
          arch: 'x64',
          entries: async (path) => (path === '/opt/ort' ? ['libonnxruntime.so.1', PROVIDER] : []),
          info: async (path) => (path === join('/opt/ort', PROVIDER) ? anyFile : undefined),
        },
      ),
    );
    return found[1] as Finding;
  };

  it('has a problem where the server would not start: the provider is installed, and CUDA does not work', async () => {
    expect(await withProvider({})).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(
        /^the server does not start, because RERANK_DEVICE=auto finds the CUDA provider \(\/opt\/ort\/.*, and CUDA does not work: /,
      ),
      mend: expect.stringContaining('RERANK_GPU_FALLBACK=cpu'),
      details: expect.arrayContaining([expect.stringMatching(/^driver: none/)]),
    });
  });

  it('only warns of that where the server may fall back', async () => {
    expect(await withProvider({ RERANK_GPU_FALLBACK: 'cpu' })).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('in place of the GPU (RERANK_GPU_FALLBACK=cpu)'),
    });
  });

  it('is content where every card is hidden on purpose', async () => {
    expect(await withProvider({ CUDA_VISIBLE_DEVICES: '-1' })).toMatchObject({ status: 'ok' });
  });

  it('finds a card that has no driver', async () => {
    const texts: Record<string, string> = {
      '/sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
      '/sys/bus/pci/devices/0000:01:00.0/class': '0x030200\n',
    };
    const [, gpu] = await look('auto', fails('cuda', 'cpu'), {
      arch: 'x64',
      entries: async (path) => (path === '/sys/bus/pci/devices' ? ['0000:01:00.0'] : []),
      readText: async (path) => texts[path],
    });
    expect(gpu.message).toContain('there is an NVIDIA card, and no driver for it');
  });

  it('finds the driver of the host in a container without its utilities', async () => {
    const [, gpu] = await look('cuda', fails('cuda'), {
      arch: 'x64',
      readText: async (path) =>
        path === '/proc/driver/nvidia/version'
          ? 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release\n'
          : undefined,
    });
    expect(gpu).toMatchObject({ status: 'problem' });
    expect(gpu.message).toContain('the kernel has NVIDIA driver 580.65.06');
  });

  it('looks for the provider where another ONNX Runtime would be loaded from', async () => {
    const folder = await temporaryDirectory();
    await writeFile(join(folder, PROVIDER), 'x');
    const check = createDeviceCheck(async () => fails('cuda'));
    const [, gpu] = await check.look(
      patient(
        { RERANK_DEVICE: 'cuda', LD_LIBRARY_PATH: folder },
        {
          ...bare,
          arch: 'x64',
          ...smi('H100, 580.65, 81559, 81000, 9.0\n'),
          entries: async (path) => (path === folder ? ['libonnxruntime.so.1'] : []),
        },
      ),
    );
    expect(gpu?.message).toContain("can't be used: libonnxruntime_providers_shared.so is missing beside it");
  });

  it('is one problem where CUDA was asked for, not three', async () => {
    const found = await look('cuda', fails('cuda'), smi('', 9));
    expect(found.map(({ status }) => status)).toEqual(['ok', 'problem']);
  });

  it('says what is there where CUDA works', async () => {
    const [, gpu] = await look('cuda', works('cuda'), smi('H100, 580.65, 81559, 81000, 9.0\n'));
    expect(gpu).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^CUDA: driver: H100, driver 580\.65/),
    });
  });

  it('says that a card is left alone on purpose', async () => {
    const [, gpu] = await look('cpu', works('cpu'), smi('H100, 580.65, 81559, 81000, 9.0\n'));
    expect(gpu).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^not used \(RERANK_DEVICE=cpu\): H100/),
    });
  });

  it('says that ONNX Runtime itself does not load', async () => {
    const [runtime] = await look('cpu', {
      runtime: undefined,
      device: undefined,
      failures: { cpu: 'no such library' },
    });
    expect(runtime).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('cpu: no such library'),
    });
  });

  it('warns where WebGPU computes in software', async () => {
    const vulkan = {
      entries: async (path: string) =>
        path === '/usr/share/vulkan/icd.d' ? ['lvp_icd.json'] : ['libvulkan.so.1'],
      readText: async () => '{"ICD": {"library_path": "libvulkan.so.1"}}',
    };
    const [, gpu] = await look('webgpu', works('webgpu'), vulkan);
    expect(gpu).toMatchObject({ status: 'warning', message: expect.stringContaining('in software') });
  });

  it('is content where WebGPU has a card and its driver', async () => {
    const vulkan = {
      entries: async (path: string) =>
        ({
          '/usr/share/vulkan/icd.d': ['radeon_icd.json'],
          '/lib': ['libvulkan.so.1'],
          '/dev/dri': ['card0', 'renderD128'],
        })[path] ?? [],
      readText: async () => '{"ICD": {"library_path": "libvulkan.so.1"}}',
    };
    const [, gpu] = await look('webgpu', works('webgpu'), vulkan);
    expect(gpu.message).toBe(
      'WebGPU: Vulkan loader: there; drivers: radeon_icd.json; devices: /dev/dri/renderD128',
    );
  });
});
