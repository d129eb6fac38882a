import { beforeEach, describe, expect, it } from 'vitest';
import type { SetupOptions } from '../../../scripts/setup-cuda/setup-options.ts';
import { PROVIDER, PROVIDER_BRIDGE } from '../../../src/platform/cuda/provider-files.ts';
import { tgzOf } from '../../support/provider/archives.ts';
import { elf } from '../../support/provider/elf.ts';
import { providerArchive, providerFiles, type SomeArchive } from '../../support/provider/some-provider.ts';
import { SetupUnderTest } from './setup-under-test.ts';

let setup: SetupUnderTest;

beforeEach(async () => {
  setup = await SetupUnderTest.make();
});

/** In the directory of a zip, for the first library. */
function withWrongChecksum(zip: Buffer): Buffer {
  const bytes = Buffer.from(zip);
  const entry = bytes.lastIndexOf('PK\x01\x02', bytes.lastIndexOf(PROVIDER_BRIDGE), 'latin1');
  bytes.writeUInt32LE((bytes.readUInt32LE(entry + 16) ^ 1) >>> 0, entry + 16);
  return bytes;
}

describe('an archive is refused, and nothing is put in place,', () => {
  const release = providerArchive('release');
  const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length * 0.6));
  const top = 'onnxruntime-linux-x64-gpu_cuda13-1.30.0';
  const files = providerFiles();

  it.each<[string, Pick<SomeArchive, 'name' | 'bytes'>, Partial<SetupOptions>, RegExp]>([
    [
      'when nobody vouches for it',
      providerArchive('wheel'),
      { archiveSha256: undefined },
      /has the SHA-256 [\da-f]{64}, and .*not known here.*ORT_CUDA_SHA256=[\da-f]{64}$/,
    ],
    [
      'with another digest than the operator says',
      release,
      { archiveSha256: 'a'.repeat(64) },
      /ORT_CUDA_SHA256 is aaaa.*damaged, or another/,
    ],
    ['with a digest that is none', release, { archiveSha256: 'abc' }, /64 hexadecimal/],
    [
      'under a known name with another digest',
      release,
      { archiveSha256: '', knownArchives: { [release.name]: 'b'.repeat(64) } },
      /the one that is known of it is bbbb/,
    ],
    [
      'under a known name as a browser changes it',
      { ...release, name: release.name.replace('.tgz', ' (1).tgz') },
      { archiveSha256: '', knownArchives: { [release.name]: 'b'.repeat(64) } },
      /damaged, or another file\. Nothing was put in place\.$/,
    ],
    [
      'with a checksum that is wrong, whatever the operator says',
      { name: 'x.whl', bytes: withWrongChecksum(providerArchive('wheel').bytes) },
      {},
      /may be cut short or damaged: the checksum \(CRC-32\) of onnxruntime\/capi\/libonnx/,
    ],
    [
      'with a provider that is none',
      {
        name: 'x.tgz',
        bytes: tgzOf([
          ...Object.keys(files).map((name) => ({ path: `${top}/lib/${name}`, content: elf(['libc.so.6']) })),
          { path: `${top}/VERSION_NUMBER`, content: '1.30.0' },
        ]),
      },
      {},
      /is no CUDA provider: .* is not linked against libcudart/,
    ],
    [
      'of another version',
      providerArchive('release', { version: '1.29.1' }),
      {},
      /is of ONNX Runtime 1\.29\.1, and onnxruntime-node is 1\.30\.0/,
    ],
    [
      'of another version, as a wheel',
      providerArchive('wheel', { version: '1.31.0' }),
      {},
      /is of ONNX Runtime 1\.31\.0/,
    ],
    [
      'of another version, as a NuGet package',
      providerArchive('nuget', { version: '1.30.1' }),
      {},
      /is of ONNX Runtime 1\.30\.1/,
    ],
    [
      'that does not say its version',
      {
        name: 'x.tgz',
        bytes: tgzOf(Object.entries(files).map(([name, content]) => ({ path: `a/lib/${name}`, content }))),
      },
      {},
      /does not say of which version/,
    ],
    ['built for another CUDA', release, { cuda: 12 }, /linked against CUDA 13, and --cuda 12/],
    ['built for another processor', providerArchive('wheel', { machine: 183 }), {}, /not for x86-64/],
    [
      'cut short',
      { name: 'x.tgz', bytes: cut(release.bytes) },
      {},
      /can't be read, it may be cut short or damaged/,
    ],
    [
      'cut short, as a wheel',
      { name: 'x.whl', bytes: cut(providerArchive('wheel').bytes) },
      {},
      /can't be read, it may be cut short or damaged/,
    ],
    [
      'that is none',
      { name: 'x.tgz', bytes: Buffer.from('<html>sign in</html>') },
      {},
      /neither a \.tgz nor a zip/,
    ],
    ['that is empty', { name: 'x.tgz', bytes: Buffer.alloc(0) }, {}, /neither a \.tgz nor a zip/],
    [
      'for the CPU',
      { name: 'x.tgz', bytes: tgzOf([{ path: `${top}/lib/libonnxruntime.so`, content: 'x' }]) },
      {},
      /has no libonnxruntime_providers_shared\.so and no libonnxruntime_providers_cuda\.so/,
    ],
    [
      'with libraries that are none',
      {
        name: 'x.tgz',
        bytes: tgzOf([
          ...Object.keys(files).map((name) => ({ path: `${top}/lib/${name}`, content: 'text' })),
          { path: `${top}/VERSION_NUMBER`, content: '1.30.0' },
        ]),
      },
      {},
      /is no library/,
    ],
    [
      'with a link for a library',
      {
        name: 'x.tgz',
        bytes: tgzOf([{ path: `${top}/lib/${PROVIDER}`, content: '', linkpath: '/etc/passwd' }]),
      },
      {},
      /that is no file/,
    ],
    [
      'with a library twice',
      providerArchive('release', {}, [{ path: `other/lib/${PROVIDER}`, content: 'x' }]),
      {},
      /has libonnxruntime_providers_cuda\.so twice/,
    ],
    [
      'with a path that leads out of it',
      providerArchive('release', {}, [{ path: `../lib/${PROVIDER}`, content: 'x' }]),
      {},
      /leads out of it: "\.\.\/lib/,
    ],
    [
      'with an absolute path',
      providerArchive('release', {}, [{ path: '/etc/cron.d/x', content: 'x' }]),
      {},
      /leads out of it/,
    ],
    [
      'with such a path, as a wheel',
      providerArchive('wheel', {}, [{ path: '../x', content: 'x' }]),
      {},
      /relative path: \.\.\/x/,
    ],
  ])('%s', async (_, archive, different, reason) => {
    await expect(setup.run({ ...(await setup.given(archive)), ...different })).rejects.toThrow(reason);
    expect(await setup.placed()).toEqual([]);
  });

  it('when there is no such file', async () => {
    await expect(setup.run({ archive: '/nowhere/x.tgz' })).rejects.toThrow(
      /there is no file \/nowhere\/x\.tgz/,
    );
  });

  it('when it stops in the middle', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(setup.run({ ...(await setup.given(release)), signal: stop.signal })).rejects.toThrow(
      'stopped',
    );
    expect(await setup.placed()).toEqual([]);
  });
});
