import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../scripts/setup-cuda/arguments.ts';
import { knownArchives } from '../../../scripts/setup-cuda/known-archives.ts';
import { reportOn } from '../../../scripts/setup-cuda/report.ts';
import { checkPlatform } from '../../../scripts/setup-cuda/this-machine.ts';
import { knownProviders } from '../../../src/platform/cuda/known-providers.ts';
import { PROVIDER } from '../../../src/platform/cuda/provider-files.ts';
import { elf } from '../../support/provider/elf.ts';
import { providerArchive } from '../../support/provider/some-provider.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testEnvironment } from '../../support/test-environment.ts';

const script = fileURLToPath(new URL('../../../scripts/setup-cuda.ts', import.meta.url));
const lockfile = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));

/** Of onnxruntime-node, as it is pinned. */
const version = (
  JSON.parse(await readFile(lockfile, 'utf8')) as { packages: Record<string, { version: string }> }
).packages['node_modules/onnxruntime-node']?.version as string;

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = { env: testEnvironment({ LD_LIBRARY_PATH: '', ...env }) };
    execFile(process.execPath, [script, ...args], child, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('npm run setup:cuda', () => {
  it('brings the provider of the pinned version from a mirror, and says what the machine lacks', async () => {
    const { bytes, sha256 } = providerArchive('wheel', { version });
    const server = await ScriptedServer.start({ 'GET /x.whl': (response) => void response.end(bytes) });
    const into = join(await temporaryDirectory(), 'new', 'folder');
    const source = { ORT_CUDA_ARCHIVE: `${server.url}/x.whl`, ORT_CUDA_SHA256: sha256 };
    // Put there to be found: only libcudart remains, and the driver.
    const libraries = await temporaryDirectory();
    for (const name of [
      'libcublas.so.13',
      'libcublasLt.so.13',
      'libcurand.so.10',
      'libcudnn.so.9',
      'libcuda.so.1',
    ])
      await writeFile(join(libraries, name), elf([]));

    const first = await run(['--into', into], { ...source, LD_LIBRARY_PATH: libraries });
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('downloading x.whl') });
    expect(first.stdout).toContain(
      `Brought.\nCUDA provider ${version} in ${into}: from x.whl, digests right.`,
    );
    expect(first.stdout).toContain('linked against CUDA 13, and opens cuDNN 9');
    expect(first.stdout).toContain(
      'Not found on this machine: libcudart.so.13.\napt-get install cuda-cudart-13-0 ',
    );
    expect(await readdir(into)).toContain(PROVIDER);

    const second = await run(['--into', into], source);
    expect(second.stdout).toContain('It is there already.');
    expect(server.asked).toHaveLength(1);

    expect(await run(['--into', into, '--check'], { LD_LIBRARY_PATH: libraries })).toMatchObject({ code: 1 });
    await writeFile(join(libraries, 'libcudart.so.13'), elf([]));
    const checked = await run(['--into', into, '--check'], { LD_LIBRARY_PATH: libraries });
    expect(checked).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All libraries that it needs are'),
    });
  });

  it('says in one line why not, and puts nothing in place', async () => {
    const folder = await temporaryDirectory();
    const { name, bytes } = providerArchive('nuget', { version });
    await writeFile(join(folder, name), bytes);
    const into = join(folder, 'into');
    const { code, stdout, stderr } = await run(['--into', into], { ORT_CUDA_ARCHIVE: join(folder, name) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /\nsetup:cuda: .* has the SHA-256 [\da-f]{64}, and .*ORT_CUDA_SHA256=[\da-f]{64}\n$/,
    );
    expect(await readdir(into)).toEqual([]);
  });

  it('says how to go on where a mirror can not be reached', async () => {
    const into = await temporaryDirectory();
    const { code, stderr } = await run(['--into', into], { ORT_CUDA_ARCHIVE: 'http://127.0.0.1:9/x.tgz' });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /127\.0\.0\.1:9\/x\.tgz: no connection.*\n.*ORT_CUDA_ARCHIVE=FILE npm run setup:cuda\n$/,
    );
  });

  it('looks without bringing anything', async () => {
    const into = await temporaryDirectory();
    const { code, stdout } = await run(['--into', into, '--check'], { ORT_CUDA_ARCHIVE: '/nowhere' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: `There is no CUDA provider in ${into}.\n` });
  });

  it('knows its flags', async () => {
    expect(await run(['--cuda', '11'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--cuda must be 12 or 13'),
    });
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ORT_CUDA_ARCHIVE'),
    });
  });
});

describe('setup:cuda', () => {
  it.each([
    ['darwin', 'arm64', '2.36', /for Linux on x64, and this is darwin on arm64/],
    ['linux', 'arm64', '2.36', /this is linux on arm64/],
    ['linux', 'x64', undefined, /needs glibc/],
  ])('refuses %s on %s with glibc %s', (platform, arch, glibc, reason) => {
    expect(() => checkPlatform(platform, arch, glibc)).toThrow(reason);
  });

  it('reads its flags', () => {
    expect(readArguments(['--cuda', '12', '--into', 'x', '--force'])).toEqual({
      cuda: 12,
      into: 'x',
      check: false,
      force: true,
    });
    expect(() => readArguments(['--into', ''])).toThrow('--into must be a path, not ""');
    expect(() => readArguments(['x'])).toThrow();
  });

  // When onnxruntime-node changes its version, these say that the digests have to be looked up.
  it('knows the digests of the archives of the pinned version, for CUDA 12 and 13, and of a build', () => {
    for (const cuda of [12, 13]) {
      const name = `onnxruntime-linux-x64-gpu_cuda${cuda}-${version}.tgz`;
      expect(knownArchives[version]?.[name]).toMatch(/^[\da-f]{64}$/);
    }
    expect(knownProviders[version]?.length).toBeGreaterThan(0);
  });

  it('says what is wrong with what is there', () => {
    const place = { directory: '/x', version: '1.30.0' };
    const there = {
      state: 'there',
      cuda: 13,
      origin: undefined,
      version: undefined,
      needed: [],
      libraries: {
        missing: ['libcurand.so.10', 'libcuda.so.1'],
        elsewhere: ['/usr/local/cuda/lib64/libcurand.so.10'],
      },
    } as const;
    const { lines, isComplete } = reportOn(there, place);
    expect(isComplete).toBe(false);
    expect(lines[0]).toMatch(/of unknown version in \/x: its digests are not known here/);
    expect(lines.slice(2).join('\n')).toMatch(
      /\/usr\/local\/cuda\/lib64\/libcurand\.so\.10: there, but .*\nexport LD_LIBRARY_PATH=\/usr\/local\/cuda\/lib64\$\{LD_LIBRARY_PATH:\+:\$LD_LIBRARY_PATH\}\nNot found on this machine: libcuda\.so\.1\.\nlibcuda\.so\.1 comes with the driver.*\n.*normal that the driver is missing/,
    );
    const whole = {
      ...there,
      origin: 'a wheel',
      version: '1.29.0',
      libraries: { missing: [], elsewhere: [] },
    };
    expect(reportOn(whole, place)).toMatchObject({
      isComplete: false,
      lines: [
        expect.stringContaining('but onnxruntime-node is 1.30.0'),
        expect.anything(),
        expect.anything(),
      ],
    });
    expect(reportOn({ ...whole, version: '1.30.0' }, place).isComplete).toBe(true);
    expect(reportOn({ state: 'broken', reason: 'half' }, place)).toEqual({
      isComplete: false,
      lines: ["The CUDA provider in /x can't be used: half."],
    });
  });
});
