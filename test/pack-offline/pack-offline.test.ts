import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { writeArchive } from '../../scripts/pack-offline/archive.ts';
import { isForOthers, isProvider } from '../../scripts/pack-offline/files.ts';
import { packagesToCarry } from '../../scripts/pack-offline/packages.ts';
import { scratchDirectory } from '../support/directories.ts';

const unpackScript = fileURLToPath(new URL('../../scripts/pack-offline/unpack.sh', import.meta.url));

/** Packs one file into small pieces, as `npm run pack:offline` does. */
async function pack(directory: string, content: Buffer, as = 'deep/file'): Promise<string> {
  const out = join(directory, 'out');
  await mkdir(out);
  await writeFile(join(directory, 'file'), content);
  const members = [{ from: join(directory, 'file'), as }];
  const pieces = await writeArchive('app', members, { out, pieceBytes: 1000 });
  await writeFile(join(out, 'SHA256SUMS'), pieces.map(({ sha256, file }) => `${sha256}  ${file}\n`).join(''));
  await copyFile(unpackScript, join(out, 'unpack.sh'));
  return out;
}

/** So many bytes that don't get smaller. */
function noise(bytes: number): Buffer {
  let state = 1;
  return Buffer.from(Array.from({ length: bytes }, () => (state = (state * 48_271) % 2_147_483_647) & 255));
}

describe('pack and unpack', () => {
  it('gives back the same bytes from many pieces', async () => {
    await using scratch = await scratchDirectory();
    const content = noise(12_345);
    const out = await pack(scratch.path, content);
    expect((await readdir(out)).filter((name) => name.startsWith('app.tar.xz.')).length).toBeGreaterThan(10);
    const target = join(scratch.path, 'target');
    await promisify(execFile)('sh', [join(out, 'unpack.sh'), target]);
    expect(content.equals(await readFile(join(target, 'deep/file')))).toBe(true);
    expect(await readFile(join(target, 'rerankd'), 'utf8')).toContain('src/main.ts');
    expect(await readdir(target)).not.toContain('bench-gpu');
  });

  it('starts with its own models and state, in whatever folder, unless told otherwise', async () => {
    await using scratch = await scratchDirectory();
    const out = await pack(scratch.path, noise(10));
    const target = join(scratch.path, 'target');
    const run = promisify(execFile);
    await run('sh', [join(out, 'unpack.sh'), target]);
    await mkdir(join(target, 'bin'));
    // In place of Node.
    const echo = '#!/bin/sh\necho "$RERANK_MODELS_DIR $RERANK_STATE_DIR $*"\n';
    await writeFile(join(target, 'bin/node'), echo, { mode: 0o755 });
    await symlink(join(target, 'rerankd'), join(scratch.path, 'linked'));
    const start = async (env: Readonly<Record<string, string>>): Promise<string> =>
      (
        await run(join(scratch.path, 'linked'), ['serve'], {
          cwd: '/',
          env: { PATH: '/usr/bin:/bin', ...env },
        })
      ).stdout;
    expect(await start({})).toBe(`${target}/models ${target}/data ${target}/src/main.ts serve\n`);
    expect(await start({ RERANK_MODELS_DIR: '/m', RERANK_STATE_DIR: '/s' })).toMatch(/^\/m \/s /);
  });

  it('has a command for the benches of a card, where they were packed', async () => {
    await using scratch = await scratchDirectory();
    const run = promisify(execFile);
    const out = await pack(scratch.path, noise(10), 'bench/gpu.ts');
    const target = join(scratch.path, 'target');
    const { stdout } = await run('sh', [join(out, 'unpack.sh'), target]);
    expect(stdout).toContain(`${target}/bench-gpu --out DIR`);
    await mkdir(join(target, 'bin'));
    await writeFile(join(target, 'bin/node'), '#!/bin/sh\necho "$*"\n', { mode: 0o755 });
    const asked = await run(join(target, 'bench-gpu'), ['--minutes', '3'], { cwd: '/' });
    expect(asked.stdout).toBe(`${target}/bench/gpu.ts --minutes 3\n`);
  });

  it('refuses a spoilt piece, and unpacks nothing', async () => {
    await using scratch = await scratchDirectory();
    const out = await pack(scratch.path, noise(5000));
    const piece = join(out, 'app.tar.xz.01');
    const bytes = await readFile(piece);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await writeFile(piece, bytes);
    const target = join(scratch.path, 'target');
    await expect(promisify(execFile)('sh', [join(out, 'unpack.sh'), target])).rejects.toThrow(
      'app.tar.xz.01',
    );
    expect(await readdir(target)).toEqual([]);
  });
});

describe('packagesToCarry', () => {
  it('takes what a server needs, and more with what these depend on', async () => {
    await using scratch = await scratchDirectory();
    const lock = {
      '': {},
      'node_modules/server': {},
      'node_modules/tool': { dev: true, dependencies: { part: '1', inner: '1' } },
      'node_modules/tool/node_modules/inner': { dev: true },
      'node_modules/part': { dev: true },
      'node_modules/lint': { dev: true },
      'node_modules/elsewhere': {},
    };
    for (const path of Object.keys(lock)) {
      if (!path.endsWith('elsewhere')) await mkdir(join(scratch.path, path), { recursive: true });
    }
    expect(await packagesToCarry(lock, scratch.path, { more: ['tool'] })).toEqual([
      'node_modules/part',
      'node_modules/server',
      'node_modules/tool',
    ]);
    await expect(packagesToCarry(lock, scratch.path, { more: ['none'] })).rejects.toThrow('none');
  });
});

describe('what is left out', () => {
  it('is what other platforms run, and types', () => {
    const native = 'node_modules/onnxruntime-node/bin/napi-v6';
    expect(isForOthers(`${native}/darwin/arm64/libonnxruntime.1.dylib`)).toBe(true);
    expect(isForOthers(`${native}/linux/arm64/libonnxruntime.so.1`, 'x64')).toBe(true);
    expect(isForOthers(`${native}/linux/x64/libonnxruntime.so.1`, 'x64')).toBe(false);
    expect(isForOthers('node_modules/zod/index.d.ts')).toBe(true);
    expect(isForOthers('node_modules/zod/LICENSE')).toBe(false);
    expect(isProvider(`${native}/linux/x64/libonnxruntime_providers_cuda.so`)).toBe(true);
  });
});
