import { beforeEach, describe, expect, it } from 'vitest';
import { gitHubReleases } from '../../../scripts/setup-cuda/archive-source.ts';
import { providerArchive } from '../../support/provider/some-provider.ts';
import { json, ScriptedServer } from '../../support/scripted-server.ts';
import { SetupUnderTest } from './setup-under-test.ts';

let setup: SetupUnderTest;

beforeEach(async () => {
  setup = await SetupUnderTest.make();
});

describe('an archive that is fetched', () => {
  const archive = providerArchive('release');
  const tag = '/v1.30.0';
  const served = (bytes: Buffer) => (response: { end: (bytes: Buffer) => unknown }) =>
    void response.end(bytes);

  it('comes from the release, and its digest from the table', async () => {
    const server = await ScriptedServer.start({ [`GET ${tag}/${archive.name}`]: served(archive.bytes) });
    const releases = { downloads: server.url, api: server.url };
    const result = await setup.run({ releases, knownArchives: { [archive.name]: archive.sha256 } });
    expect(result).toMatchObject({
      isNew: true,
      phases: [`downloading ${archive.name}`, `checking ${archive.name}`, `unpacking ${archive.name}`],
    });
    expect(server.asked).toEqual([`GET ${tag}/${archive.name}`]);
    expect((await setup.placed()).length).toBe(3);
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
    const work = setup.run({ releases: { downloads: server.url, api: server.url } });
    if (reason === undefined) await expect(work).resolves.toMatchObject({ isNew: true });
    else await expect(work).rejects.toThrow(reason);
    expect((await setup.placed()).length).toBe(reason === undefined ? 3 : 0);
  });

  it('may come from a mirror, by redirects', async () => {
    const server = await ScriptedServer.start({
      'GET /a?key=geheim': (response) => void response.writeHead(302, { location: '/files/x.whl' }).end(),
      'GET /files/x.whl': served(providerArchive('wheel').bytes),
    });
    const work = setup.run({
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
    await expect(setup.run({ archive: `${server.url}/x.tgz?key=geheim` })).rejects.toThrow(reason);
    await expect(setup.run({ archive: `${server.url}/x.tgz?key=geheim` })).rejects.not.toThrow(/geheim/);
    expect(await setup.placed()).toEqual([]);
  });

  it.each(['http://mirror.example/x.tgz', 'ftp://mirror.example/x.tgz', 'file:///x.tgz'])(
    'is not fetched from %s',
    async (address) => {
      await expect(setup.run({ archive: address, releases: gitHubReleases })).rejects.toThrow(
        /has to be a file or an https: URL/,
      );
    },
  );
});
