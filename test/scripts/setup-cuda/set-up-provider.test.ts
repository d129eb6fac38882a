import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gitHubReleases } from '../../../scripts/setup-cuda/archive-source.ts';
import { makeStaging } from '../../../scripts/setup-cuda/leftovers.ts';
import { setUpProvider } from '../../../scripts/setup-cuda/set-up-provider.ts';
import type { SetupOptions } from '../../../scripts/setup-cuda/setup-options.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { PROVIDER, PROVIDER_BRIDGE } from '../../../src/platform/cuda/provider-files.ts';
import { RECEIPT } from '../../../src/platform/cuda/receipt.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createTransport } from '../../../src/store/transport/create-transport.ts';
import { tgzOf } from '../../support/provider/archives.ts';
import { elf } from '../../support/provider/elf.ts';
import {
  providerArchive,
  providerFiles,
  type SomeArchive,
  sha256,
} from '../../support/provider/some-provider.ts';
import { json, ScriptedServer } from '../../support/scripted-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const logger = createLogger({ level: 'silent', format: 'json', destination: 2 });
const transport = createTransport({
  allowPrivate: true,
  allowedHosts: 'any',
  tokens: new Map(),
  clock: systemClock,
  logger,
});

const nowhere = { downloads: 'http://127.0.0.1:9/none', api: 'http://127.0.0.1:9/none' };

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await temporaryDirectory();
  target = join(folder, 'target');
});

async function setUp(different: Partial<SetupOptions> = {}) {
  const phases: string[] = [];
  const result = await setUpProvider({
    directory: target,
    version: '1.30.0',
    cuda: undefined,
    force: false,
    archive: undefined,
    archiveSha256: undefined,
    knownArchives: {},
    knownProviders: [],
    releases: nowhere,
    transport,
    libraries: {
      entries: async () => [],
      linkerCache: async () => '',
      libraryPath: '',
      others: async () => [],
    },
    progress: { enter: (phase) => void phases.push(phase), advance: () => {} },
    now: new Date('2026-06-01T12:00:00Z'),
    signal: new AbortController().signal,
    ...different,
  });
  return { ...result, phases };
}

/** Writes it where an operator has it, and says that its digest is right. */
async function given({ name, bytes }: Pick<SomeArchive, 'name' | 'bytes'>): Promise<Partial<SetupOptions>> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { archive: path, archiveSha256: sha256(bytes) };
}

const placed = async (): Promise<string[]> => (await readdir(target)).toSorted();

describe('bringing the CUDA provider', () => {
  it.each(['release', 'wheel', 'nuget'] as const)(
    'takes both libraries out of a %s, and nothing else',
    async (kind) => {
      const archive = providerArchive(kind);
      const { isNew, provider } = await setUp(await given(archive));
      expect(isNew).toBe(true);
      expect(provider).toMatchObject({ state: 'there', cuda: 13, version: '1.30.0', origin: archive.name });
      expect(await placed()).toEqual([PROVIDER, PROVIDER_BRIDGE, RECEIPT].toSorted());
      const files = providerFiles();
      expect(await readFile(join(target, PROVIDER))).toEqual(files[PROVIDER]);
      expect(await readFile(join(target, PROVIDER_BRIDGE))).toEqual(files[PROVIDER_BRIDGE]);
    },
  );

  it('says which libraries the linker would not find', async () => {
    const libraries = {
      entries: async (directory: string) =>
        ({ '/opt/cuda': ['libcudart.so.12'], '/usr/local/cuda/lib64': ['libcurand.so.10'] })[directory] ?? [],
      linkerCache: async () =>
        '\tlibc.so.6 (libc6,x86-64) => /lib/libc.so.6\n\tlibcuda.so.1 (libc6,x86-64) => /x\n',
      libraryPath: '/opt/cuda:',
      others: async () => ['/usr/local/cuda/lib64'],
    };
    const archive = await given(providerArchive('release', { cuda: 12 }));
    const { provider } = await setUp({ ...archive, libraries });
    expect(provider).toMatchObject({
      cuda: 12,
      libraries: {
        missing: ['libcublasLt.so.12', 'libcublas.so.12', 'libcurand.so.10', 'libcudnn.so.9'],
        elsewhere: ['/usr/local/cuda/lib64/libcurand.so.10'],
      },
    });
  });

  it('does nothing the second time, unless it names another archive', async () => {
    const wheel = await given(providerArchive('wheel'));
    await setUp(wheel);
    for (const again of [{}, wheel, { archive: wheel.archive }])
      expect(await setUp(again)).toMatchObject({ isNew: false, phases: [], provider: { version: '1.30.0' } });
    const release = providerArchive('release');
    expect(await setUp(await given(release))).toMatchObject({
      isNew: true,
      provider: { origin: release.name },
    });
    const url = 'http://127.0.0.1:9';
    expect(await setUp({ archive: `${url}/${release.name}` })).toMatchObject({ isNew: false });
    const another = { archive: `${url}/${release.name}`, archiveSha256: 'a'.repeat(64) };
    await expect(setUp(another)).rejects.toThrow(/no connection/);
    await expect(setUp({ archive: '/nowhere' })).rejects.toThrow(/there is no file/);
  });

  it('takes the only archive of a folder', async () => {
    const wheel = providerArchive('wheel');
    const { archiveSha256 } = await given(wheel);
    await mkdir(target);
    await expect(setUp({ archive: target })).rejects.toThrow(/is a folder without an archive/);
    expect(await setUp({ archive: folder, archiveSha256 })).toMatchObject({
      isNew: true,
      provider: { origin: wheel.name },
    });
    await given(providerArchive('nuget'));
    await expect(setUp({ archive: folder })).rejects.toThrow(/is a folder with 2 archives .*: name the file/);
  });

  it('says at once where the folder can not be', async () => {
    const wheel = await given(providerArchive('wheel'));
    const inProc = setUp({ ...wheel, directory: '/proc/rerankd/x' });
    if (process.platform === 'linux')
      await expect(inProc).rejects.toThrow(/the folder \/proc\/rerankd can't be made/);
    const file = wheel.archive as string;
    await expect(setUp({ ...wheel, directory: file })).rejects.toThrow(/is a file, and has to be a folder/);
    await expect(setUp({ ...wheel, directory: join(file, 'x') })).rejects.toThrow(/is a file, and has/);
  });

  it.each<[string, Partial<SetupOptions>]>([
    ['another CUDA is asked for', { cuda: 12 }],
    ['it is told to', { force: true }],
  ])('brings it again where %s', async (_, different) => {
    await setUp(await given(providerArchive('release')));
    const other = await given(providerArchive('release', { cuda: 12 }));
    expect(await setUp({ ...other, ...different })).toMatchObject({ isNew: true, provider: { cuda: 12 } });
  });

  it.each([
    [
      'of another version',
      async () =>
        void (await setUp({
          ...(await given(providerArchive('wheel', { version: '1.29.0' }))),
          version: '1.29.0',
        })),
    ],
    [
      'that was damaged',
      async () => {
        await setUp(await given(providerArchive('wheel')));
        await writeFile(join(target, PROVIDER_BRIDGE), providerFiles({ version: '0' })[PROVIDER_BRIDGE]);
      },
    ],
    [
      'of which half is missing',
      async () => {
        await mkdir(target);
        await writeFile(join(target, PROVIDER), 'x');
      },
    ],
  ])('replaces one %s', async (_, prepare) => {
    await prepare();
    expect(await setUp(await given(providerArchive('wheel')))).toMatchObject({
      isNew: true,
      provider: { version: '1.30.0' },
    });
    expect(sha256(await readFile(join(target, PROVIDER)))).toBe(sha256(providerFiles()[PROVIDER]));
  });

  it('knows the libraries of a build by their own digests, in whatever archive they are', async () => {
    const files = providerFiles();
    const digests = {
      [PROVIDER]: sha256(files[PROVIDER]),
      [PROVIDER_BRIDGE]: sha256(files[PROVIDER_BRIDGE]),
    };
    const { archive } = await given(providerArchive('nuget'));
    expect(await setUp({ archive, knownProviders: [{ origin: 'a build', sha256: digests }] })).toMatchObject({
      isNew: true,
    });
  });

  it('takes an archive that is known under another name', async () => {
    const { bytes, sha256: digest } = providerArchive('release');
    const { archive } = await given({ name: 'mirrored', bytes });
    expect(await setUp({ archive, knownArchives: { 'x.tgz': digest } })).toMatchObject({ isNew: true });
  });

  it('clears away what a run left behind that was killed, and no other', async () => {
    const old = new Date('2026-06-01T10:59:00Z');
    const recent = new Date('2026-06-01T11:01:00Z');
    const leave = async (path: string, last: Date, downloaded: Date): Promise<void> => {
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'archive'), '');
      await utimes(join(path, 'archive'), downloaded, downloaded);
      await utimes(path, last, last);
    };
    await leave(join(target, '.setup-cuda-old'), old, old);
    await leave(join(target, '.setup-cuda-downloads'), old, recent);
    const ended = spawnSync(process.execPath, ['--version']).pid;
    const own = await makeStaging(target);
    await leave(own.replace(`-${process.pid}-`, `-${ended}-`), recent, recent);
    const elsewhere = `.setup-cuda-${'0'.repeat(12)}-${ended}-x`;
    await leave(join(target, elsewhere), recent, recent);
    await utimes(own, recent, recent);
    await setUp(await given(providerArchive('wheel')));
    const kept = ['.setup-cuda-downloads', elsewhere, basename(own)];
    expect(await placed()).toEqual([...kept, PROVIDER, PROVIDER_BRIDGE, RECEIPT].toSorted());
  });
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
    await expect(setUp({ ...(await given(archive)), ...different })).rejects.toThrow(reason);
    expect(await placed()).toEqual([]);
  });

  it('when there is no such file', async () => {
    await expect(setUp({ archive: '/nowhere/x.tgz' })).rejects.toThrow(/there is no file \/nowhere\/x\.tgz/);
  });

  it('when it stops in the middle', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(setUp({ ...(await given(release)), signal: stop.signal })).rejects.toThrow('stopped');
    expect(await placed()).toEqual([]);
  });
});

describe('an archive that is fetched', () => {
  const archive = providerArchive('release');
  const tag = '/v1.30.0';
  const served = (bytes: Buffer) => (response: { end: (bytes: Buffer) => unknown }) =>
    void response.end(bytes);

  it('comes from the release, and its digest from the table', async () => {
    const server = await ScriptedServer.start({ [`GET ${tag}/${archive.name}`]: served(archive.bytes) });
    const releases = { downloads: server.url, api: server.url };
    const result = await setUp({ releases, knownArchives: { [archive.name]: archive.sha256 } });
    expect(result).toMatchObject({
      isNew: true,
      phases: [`downloading ${archive.name}`, `checking ${archive.name}`, `unpacking ${archive.name}`],
    });
    expect(server.asked).toEqual([`GET ${tag}/${archive.name}`]);
    expect((await placed()).length).toBe(3);
  });

  it.each([
    ['takes it where the release says the same', archive.sha256, undefined],
    ['refuses it where the release says another', 'c'.repeat(64), /what the release on GitHub says is cccc/],
    [
      'refuses it where the release says none',
      undefined,
      /release 1\.30\.0 says no digest of .*ORT_CUDA_SHA256=/,
    ],
  ])('without a known digest asks the release, and %s', async (_, digest, reason) => {
    const assets = [{ name: archive.name, digest: digest === undefined ? null : `sha256:${digest}` }];
    const server = await ScriptedServer.start({
      [`GET ${tag}/${archive.name}`]: served(archive.bytes),
      'GET /tags/v1.30.0': json(200, { assets }),
    });
    const work = setUp({ releases: { downloads: server.url, api: server.url } });
    if (reason === undefined) await expect(work).resolves.toMatchObject({ isNew: true });
    else await expect(work).rejects.toThrow(reason);
    expect((await placed()).length).toBe(reason === undefined ? 3 : 0);
  });

  it('may come from a mirror, by redirects', async () => {
    const server = await ScriptedServer.start({
      'GET /a?key=geheim': (response) => void response.writeHead(302, { location: '/files/x.whl' }).end(),
      'GET /files/x.whl': served(providerArchive('wheel').bytes),
    });
    const work = setUp({
      archive: `${server.url}/a?key=geheim`,
      archiveSha256: providerArchive('wheel').sha256,
    });
    expect(await work).toMatchObject({ isNew: true });
  });

  it.each<[string, Parameters<typeof ScriptedServer.start>[0], RegExp]>([
    ['is not there', {}, /127\.0\.0\.1:\d+\/x\.tgz answers 404/],
    [
      'is too large',
      {
        'GET /x.tgz?key=geheim': (response) =>
          void response.writeHead(200, { 'content-length': '9999999999' }).write('x'),
      },
      /has 9999999999 bytes; at most/,
    ],
    [
      'breaks off',
      {
        'GET /x.tgz?key=geheim': (response) =>
          void response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy()),
      },
      /ended/,
    ],
  ])('is refused when it %s', async (_, script, reason) => {
    const server = await ScriptedServer.start(script);
    await expect(setUp({ archive: `${server.url}/x.tgz?key=geheim` })).rejects.toThrow(reason);
    await expect(setUp({ archive: `${server.url}/x.tgz?key=geheim` })).rejects.not.toThrow(/geheim/);
    expect(await placed()).toEqual([]);
  });

  it.each(['http://mirror.example/x.tgz', 'ftp://mirror.example/x.tgz', 'file:///x.tgz'])(
    'is not fetched from %s',
    async (address) => {
      await expect(setUp({ archive: address, releases: gitHubReleases })).rejects.toThrow(
        /has to be a file or an https: URL/,
      );
    },
  );
});
