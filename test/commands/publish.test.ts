import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspectModelDirectory } from '../../src/model/model-directory.ts';
import { createManifestSource } from '../../src/store/manifest/manifest-source.ts';
import { deltaWorld } from '../support/delta-world.ts';
import { copyModel } from '../support/directories.ts';
import { givenContent } from '../support/fake-hub/content.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs `rerankd publish`. */
const publish = (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const options = { env: testEnvironment({}) };
    execFile(process.execPath, [main, 'publish', ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .toSorted();

describe('rerankd publish', () => {
  it('makes a directory that a static server serves and a server fetches a working model from', async () => {
    const world = await deltaWorld();
    const model = await copyModel('demo', join(world.directory, 'model'));
    // Large enough for a chunk index.
    const tokenizer = readFileSync(join(model, 'tokenizer.json'), 'utf8');
    writeFileSync(join(model, 'tokenizer.json'), tokenizer + ' '.repeat(2 ** 20));
    const out = join(world.directory, 'out');
    const { code, stdout, stderr } = await publish(model, '--out', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'reading …\n' });
    const [, sha256 = ''] =
      /^https:\/\/HOST\/PATH\/manifest\.json#sha256=([0-9a-f]{64})$/m.exec(stdout) ?? [];
    expect(
      createHash('sha256')
        .update(readFileSync(join(out, 'manifest.json')))
        .digest('hex'),
    ).toBe(sha256);
    expect(filesBelow(out)).toContain('tokenizer.json.chunks');
    for (const name of filesBelow(out)) {
      world.hub.publish(`/demo/${name}`, givenContent(readFileSync(join(out, name))));
    }
    const source = createManifestSource({
      ...world.tools,
      root: join(world.directory, 'store'),
      offline: false,
    });
    const url = new URL('/demo/manifest.json', world.hub.cdnOrigin);
    const work = { signal: new AbortController().signal, advance: () => {}, warn: () => {} };
    const { directory, files } = await source.fetch({ url, sha256 }, work);
    expect((await inspectModelDirectory(directory, 'auto')).files.map(({ name }) => name).toSorted()).toEqual(
      files,
    );
  });

  it('writes the same bytes wherever and whenever it is run', async () => {
    const directory = await temporaryDirectory();
    const model = await copyModel('demo', join(directory, 'model'));
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    await publish(model, '--out', first);
    await publish(model, '--out', second);
    // Once more over it, and in place.
    expect(await publish(model, '--out', second)).toMatchObject({ code: 0 });
    expect(await publish(model)).toMatchObject({ code: 0 });
    for (const name of filesBelow(first)) {
      expect(readFileSync(join(second, name)).equals(readFileSync(join(first, name)))).toBe(true);
      expect(readFileSync(join(model, name)).equals(readFileSync(join(first, name)))).toBe(true);
    }
    expect(filesBelow(second)).toEqual(filesBelow(first));
  });

  it('follows links, as they are in the cache of huggingface_hub, and publishes files', async () => {
    const directory = await temporaryDirectory();
    const blobs = await copyModel('demo', join(directory, 'blobs'));
    const snapshot = join(directory, 'snapshot');
    mkdirSync(snapshot);
    for (const name of readdirSync(blobs)) symlinkSync(join('../blobs', name), join(snapshot, name));
    const out = join(directory, 'out');
    expect(await publish(snapshot, '--out', out)).toMatchObject({ code: 0 });
    expect(readFileSync(join(out, 'config.json'))).toEqual(readFileSync(join(blobs, 'config.json')));
  });

  it('refuses what rerankd could not serve, and says why', async () => {
    const directory = await temporaryDirectory();
    const model = await copyModel('demo', join(directory, 'model'));
    writeFileSync(join(model, 'config.json'), '{');
    const { code, stderr } = await publish(model);
    expect(code).toBe(1);
    expect(stderr).toMatch(/config\.json is not JSON/);
    expect(filesBelow(model)).not.toContain('manifest.json');
    expect(await publish(join(directory, 'nowhere'))).toMatchObject({ code: 1 });
  });

  it('overwrites nothing of somebody else', async () => {
    const directory = await temporaryDirectory();
    const model = await copyModel('demo', join(directory, 'model'));
    const other = join(directory, 'other');
    cpSync(model, other, { recursive: true });
    expect((await publish(model, '--out', other)).stderr).toMatch(/is not empty/);
    writeFileSync(join(model, 'manifest.json'), '{"name": "a web app"}');
    expect((await publish(model)).stderr).toMatch(/did not write/);
    expect((await publish(other, '--out', join(other, 'inside'))).stderr).toMatch(/lie in each other/);
    expect(readdirSync(other)).not.toContain('inside');
  });
});
