import { spawnSync } from 'node:child_process';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeStaging } from '../../../scripts/setup-cuda/leftovers.ts';
import type { SetupOptions } from '../../../scripts/setup-cuda/setup-options.ts';
import { PROVIDER, PROVIDER_BRIDGE } from '../../../src/platform/cuda/provider-files.ts';
import { RECEIPT } from '../../../src/platform/cuda/receipt.ts';
import { providerArchive, providerFiles, sha256 } from '../../support/provider/some-provider.ts';
import { SetupUnderTest } from './setup-under-test.ts';

let setup: SetupUnderTest;

beforeEach(async () => {
  setup = await SetupUnderTest.make();
});

describe('bringing the CUDA provider', () => {
  it.each(['release', 'wheel', 'nuget'] as const)(
    'takes both libraries out of a %s, and nothing else',
    async (kind) => {
      const archive = providerArchive(kind);
      const { isNew, provider } = await setup.run(await setup.given(archive));
      expect(isNew).toBe(true);
      expect(provider).toMatchObject({ state: 'there', cuda: 13, version: '1.30.0', origin: archive.name });
      expect(await setup.placed()).toEqual([PROVIDER, PROVIDER_BRIDGE, RECEIPT].toSorted());
      const files = providerFiles();
      expect(await readFile(join(setup.target, PROVIDER))).toEqual(files[PROVIDER]);
      expect(await readFile(join(setup.target, PROVIDER_BRIDGE))).toEqual(files[PROVIDER_BRIDGE]);
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
    const archive = await setup.given(providerArchive('release', { cuda: 12 }));
    const { provider } = await setup.run({ ...archive, libraries });
    expect(provider).toMatchObject({
      cuda: 12,
      libraries: {
        missing: ['libcublasLt.so.12', 'libcublas.so.12', 'libcurand.so.10', 'libcudnn.so.9'],
        elsewhere: ['/usr/local/cuda/lib64/libcurand.so.10'],
      },
    });
  });

  it('does nothing the second time, unless it names another archive', async () => {
    const wheel = await setup.given(providerArchive('wheel'));
    await setup.run(wheel);
    for (const again of [{}, wheel, { archive: wheel.archive }])
      expect(await setup.run(again)).toMatchObject({
        isNew: false,
        phases: [],
        provider: { version: '1.30.0' },
      });
    const release = providerArchive('release');
    expect(await setup.run(await setup.given(release))).toMatchObject({
      isNew: true,
      provider: { origin: release.name },
    });
    const url = 'http://127.0.0.1:9';
    expect(await setup.run({ archive: `${url}/${release.name}` })).toMatchObject({ isNew: false });
    const another = { archive: `${url}/${release.name}`, archiveSha256: 'a'.repeat(64) };
    await expect(setup.run(another)).rejects.toThrow(/no connection/);
    await expect(setup.run({ archive: '/nowhere' })).rejects.toThrow(/there is no file/);
  });

  it('takes the only archive of a folder', async () => {
    const wheel = providerArchive('wheel');
    const { archiveSha256 } = await setup.given(wheel);
    await mkdir(setup.target);
    await expect(setup.run({ archive: setup.target })).rejects.toThrow(/is a folder without an archive/);
    expect(await setup.run({ archive: setup.folder, archiveSha256 })).toMatchObject({
      isNew: true,
      provider: { origin: wheel.name },
    });
    await setup.given(providerArchive('nuget'));
    await expect(setup.run({ archive: setup.folder })).rejects.toThrow(
      /is a folder with 2 archives .*: name the file/,
    );
  });

  it('says at once where the folder can not be', async () => {
    const wheel = await setup.given(providerArchive('wheel'));
    const inProc = setup.run({ ...wheel, directory: '/proc/rerankd/x' });
    if (process.platform === 'linux')
      await expect(inProc).rejects.toThrow(/the folder \/proc\/rerankd can't be made/);
    const file = wheel.archive as string;
    await expect(setup.run({ ...wheel, directory: file })).rejects.toThrow(
      /is a file, and has to be a folder/,
    );
    await expect(setup.run({ ...wheel, directory: join(file, 'x') })).rejects.toThrow(/is a file, and has/);
  });

  it.each<[string, Partial<SetupOptions>]>([
    ['another CUDA is asked for', { cuda: 12 }],
    ['it is told to', { force: true }],
  ])('brings it again where %s', async (_, different) => {
    await setup.run(await setup.given(providerArchive('release')));
    const other = await setup.given(providerArchive('release', { cuda: 12 }));
    expect(await setup.run({ ...other, ...different })).toMatchObject({
      isNew: true,
      provider: { cuda: 12 },
    });
  });

  it.each([
    [
      'of another version',
      async () =>
        void (await setup.run({
          ...(await setup.given(providerArchive('wheel', { version: '1.29.0' }))),
          version: '1.29.0',
        })),
    ],
    [
      'that was damaged',
      async () => {
        await setup.run(await setup.given(providerArchive('wheel')));
        await writeFile(
          join(setup.target, PROVIDER_BRIDGE),
          providerFiles({ version: '0' })[PROVIDER_BRIDGE],
        );
      },
    ],
    [
      'of which half is missing',
      async () => {
        await mkdir(setup.target);
        await writeFile(join(setup.target, PROVIDER), 'x');
      },
    ],
  ])('replaces one %s', async (_, prepare) => {
    await prepare();
    expect(await setup.run(await setup.given(providerArchive('wheel')))).toMatchObject({
      isNew: true,
      provider: { version: '1.30.0' },
    });
    expect(sha256(await readFile(join(setup.target, PROVIDER)))).toBe(sha256(providerFiles()[PROVIDER]));
  });

  it('knows the libraries of a build by their own digests, in whatever archive they are', async () => {
    const files = providerFiles();
    const digests = {
      [PROVIDER]: sha256(files[PROVIDER]),
      [PROVIDER_BRIDGE]: sha256(files[PROVIDER_BRIDGE]),
    };
    const { archive } = await setup.given(providerArchive('nuget'));
    expect(
      await setup.run({ archive, knownProviders: [{ origin: 'a build', sha256: digests }] }),
    ).toMatchObject({
      isNew: true,
    });
  });

  it('takes an archive that is known under another name', async () => {
    const { bytes, sha256: digest } = providerArchive('release');
    const { archive } = await setup.given({ name: 'mirrored', bytes });
    expect(await setup.run({ archive, knownArchives: { 'x.tgz': digest } })).toMatchObject({ isNew: true });
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
    await leave(join(setup.target, '.setup-cuda-old'), old, old);
    await leave(join(setup.target, '.setup-cuda-downloads'), old, recent);
    const ended = spawnSync(process.execPath, ['--version']).pid;
    const own = await makeStaging(setup.target);
    await leave(own.replace(`-${process.pid}-`, `-${ended}-`), recent, recent);
    const elsewhere = `.setup-cuda-${'0'.repeat(12)}-${ended}-x`;
    await leave(join(setup.target, elsewhere), recent, recent);
    await utimes(own, recent, recent);
    await setup.run(await setup.given(providerArchive('wheel')));
    const kept = ['.setup-cuda-downloads', elsewhere, basename(own)];
    expect(await setup.placed()).toEqual([...kept, PROVIDER, PROVIDER_BRIDGE, RECEIPT].toSorted());
  });
});
