import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { Leases } from '../../src/store/retention/leases.ts';
import { VerdictCache } from '../../src/store/retention/verdict-cache.ts';
import { StagingArea } from '../../src/store/staging.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const never = new AbortController().signal;

async function setUp() {
  const base = await temporaryDirectory();
  const source = join(base, 'source');
  const root = join(base, 'staged');
  await mkdir(join(source, 'onnx'), { recursive: true });
  await mkdir(root);
  const names = ['config.json', 'onnx/model.onnx'];
  for (const name of names) await writeFile(join(source, name), `content of ${name}`);
  const files = names.map((name) => ({ name, path: join(source, name) }));
  return { root, source, files, staging: new StagingArea(root) };
}

/** Everything here can be deleted. */
const notStuck = (path: string): void => expect.fail(path);

describe('a staged model', () => {
  it('is a copy that a change of the source does not reach', async () => {
    const { staging, source, files } = await setUp();
    const { directory } = await staging.stage(files, never);
    await writeFile(join(source, 'onnx/model.onnx'), 'overwritten');
    expect(await readFile(join(directory, 'onnx/model.onnx'), 'utf8')).toBe('content of onnx/model.onnx');
  });

  it('tells how far it is with a large file, and keeps it byte by byte', async () => {
    const { staging, source, files } = await setUp();
    const large = Buffer.alloc(20 * 2 ** 20, 'weights');
    await writeFile(join(source, 'onnx/model.onnx'), large);
    const told: number[] = [];
    const { digest, directory } = await staging.stage(files, never, (bytes) => told.push(bytes));
    const manifest = JSON.parse(await readFile(join(directory, '.manifest.json'), 'utf8')) as {
      files: { name: string; sha256: string; bytes: number }[];
    };
    const sha256 = createHash('sha256').update(large).digest('hex');
    expect(manifest).toMatchObject({
      digest,
      files: [{}, { name: 'onnx/model.onnx', sha256, bytes: large.length }],
    });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe('content of config.json'.length + large.length);
  });

  it('is named by its content: the same content is kept once, other content gets another name', async () => {
    const { staging, root, source, files } = await setUp();
    const first = await staging.stage(files, never);
    expect(await staging.stage(files.toReversed(), never)).toEqual(first);
    expect(await readdir(root)).toEqual([first.digest]);
    await writeFile(join(source, 'config.json'), 'other');
    expect((await staging.stage(files, never)).digest).not.toBe(first.digest);
    expect(await staging.find(first.digest)).toEqual(first);
  });

  it('is not found when it is incomplete, and is then made again', async () => {
    const { staging, files } = await setUp();
    const { digest, directory } = await staging.stage(files, never);
    await rm(join(directory, '.manifest.json'));
    await rm(join(directory, 'config.json'));
    expect(await staging.find(digest)).toBeUndefined();
    await staging.stage(files, never);
    expect(await readFile(join(directory, 'config.json'), 'utf8')).toBe('content of config.json');
  });

  it('leaves nothing behind when a file is missing or the work is given up', async () => {
    const { staging, root, files } = await setUp();
    await expect(staging.stage([...files, { name: 'x', path: '/nowhere' }], never)).rejects.toMatchObject({
      type: 'source_failed',
    });
    await expect(staging.stage(files, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(await readdir(root)).toEqual([]);
  });

  it('goes when it is no longer wanted, with what an interrupted copy left', async () => {
    const { staging, root, files } = await setUp();
    const { digest } = await staging.stage(files, never);
    await mkdir(join(root, '.incoming-999999999-cut-off'));
    await mkdir(join(root, 'a'.repeat(64)));
    await staging.keepOnly(new Set([digest]), notStuck);
    expect(await readdir(root)).toEqual([digest]);
  });

  it('stays while another process uses it, and is told to others while this one does', async () => {
    const { root, files } = await setUp();
    const clock = new ManualClock();
    const open = () =>
      new Leases({ directory: join(root, '../leases'), clock, logger: new LogBook().logger });
    const [server, command] = [
      new StagingArea(root, { leases: open() }),
      new StagingArea(root, { leases: open() }),
    ];
    const { digest } = await command.stage(files, never);
    expect((await open().held()).has(digest)).toBe(true);
    expect([...(await server.keepOnly(new Set(), notStuck))]).toEqual([digest]);
    expect(await command.find(digest)).toBeDefined();
    await server.find(digest);
    await command.keepOnly(new Set(), notStuck);
    expect((await open().held()).has(digest), 'the server holds it still').toBe(true);
    await server.keepOnly(new Set(), notStuck);
    expect((await open().held()).has(digest)).toBe(false);
    expect(await readdir(root)).toEqual([]);
  });

  it('is found without copying by files that nobody touched, and made anew when one was', async () => {
    const { root, source, files } = await setUp();
    const verdicts = new VerdictCache({ path: join(root, '../verdicts.json'), clock: systemClock });
    const staging = new StagingArea(root, { verdicts });
    const first = await staging.stage(files, never);
    let copied = 0;
    const count = (bytes: number): void => {
      copied = bytes;
    };
    expect(await staging.stage(files, never, count)).toEqual(first);
    expect(copied).toBe(0);
    await writeFile(join(source, 'config.json'), 'CONTENT of config.json');
    expect((await staging.stage(files, never, count)).digest).not.toBe(first.digest);
    expect(copied).toBeGreaterThan(0);
    // Known by its files, but gone.
    await rm(root, { recursive: true });
    const again = await staging.stage(files, never, count);
    expect(await readdir(again.directory)).toContain('config.json');
  });
});
