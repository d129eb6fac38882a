import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itemName } from '../../../src/store/retention/item-name.ts';
import { Ledger } from '../../../src/store/retention/ledger.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const DAY_MS = 86_400_000;

async function setUp(maxEntries?: number) {
  const directory = await temporaryDirectory();
  const clock = new ManualClock();
  const open = () => new Ledger({ directory, clock, ...(maxEntries !== undefined && { maxEntries }) });
  return { directory, clock, open, ledger: open() };
}

const usesFile = (directory: string, key: string): string => join(directory, 'uses', `${itemName(key)}.json`);

describe('the ledger', () => {
  it('remembers when and how often something was used, under which name, and who brought it', async () => {
    const { ledger, open, clock } = await setUp();
    await ledger.used('a', { reference: 'local://a', ours: true });
    clock.advance(DAY_MS);
    await ledger.used('a');
    const entry = (await open().read()).entryOf('a');
    expect(entry).toEqual({
      key: 'a',
      reference: 'local://a',
      names: [{ reference: 'local://a', lastUsed: '1970-01-01T00:00:00.000Z' }],
      uses: 2,
      lastUsed: '1970-01-02T00:00:00.000Z',
      ours: true,
    });
    expect((await open().read()).entryOf('b')).toBeUndefined();
  });

  it('remembers the last sixteen names that led to something, the latest first', async () => {
    const { ledger, clock } = await setUp();
    for (let at = 0; at < 20; at++) {
      await ledger.used('a', { reference: `local://${at}` });
      clock.advance(1000);
    }
    await ledger.used('a', { reference: 'local://10' });
    const names = (await ledger.read()).entryOf('a')?.names ?? [];
    expect(names).toHaveLength(16);
    expect(names.slice(0, 2)).toEqual([
      { reference: 'local://10', lastUsed: '1970-01-01T00:00:20.000Z' },
      { reference: 'local://19', lastUsed: '1970-01-01T00:00:19.000Z' },
    ]);
    expect(new Set(names.map(({ reference }) => reference)).size).toBe(16);
  });

  it('knows the name that an older version wrote down', async () => {
    const { directory, ledger } = await setUp();
    await ledger.used('a');
    const lastUsed = '2026-01-01T00:00:00.000Z';
    await writeFile(
      usesFile(directory, 'a'),
      JSON.stringify({ key: 'a', reference: 'local://a', lastUsed, uses: 1 }),
    );
    const entry = (await ledger.read()).entryOf('a');
    expect(entry?.names).toEqual([{ reference: 'local://a', lastUsed }]);
  });

  it('counts every use of one process, however many come at once', async () => {
    const { ledger } = await setUp();
    await Promise.all(Array.from({ length: 20 }, () => ledger.used('a')));
    expect((await ledger.read()).entryOf('a')?.uses).toBe(20);
  });

  it('keeps a pin while other processes write uses', async () => {
    const { open } = await setUp();
    const [server, command] = [open(), open()];
    await Promise.all([
      ...Array.from({ length: 10 }, () => server.used('a')),
      command.pin('a'),
      ...Array.from({ length: 10 }, (_, at) => server.used(`other ${at}`)),
    ]);
    const view = await open().read();
    expect(view.isPinned('a')).toBe(true);
    expect(view.entryOf('a')?.uses).toBe(10);
    await command.unpin('a');
    await command.unpin('never pinned');
    expect((await server.read()).isPinned('a')).toBe(false);
  });

  it('survives garbage: a damaged use was never there, a damaged pin holds', async () => {
    const { directory, ledger } = await setUp();
    await ledger.used('a');
    await ledger.used('b');
    await ledger.pin('a');
    await writeFile(usesFile(directory, 'a'), '{"key": "a", "uses": ');
    await writeFile(join(directory, 'pins', `${itemName('a')}.json`), '\0\0\0');
    await writeFile(usesFile(directory, 'huge'), ' '.repeat(2 ** 17));
    await writeFile(join(directory, 'uses', 'README'), 'x');
    // Of another item than its name says.
    await writeFile(
      usesFile(directory, 'c'),
      JSON.stringify({ key: 'd', lastUsed: '2030-01-01T00:00:00Z', uses: 99 }),
    );
    const view = await ledger.read();
    expect(view.entryOf('a')).toBeUndefined();
    expect(view.entryOf('b')?.uses).toBe(1);
    expect(view.entryOf('d')).toBeUndefined();
    expect(view.isPinned('a')).toBe(true);
    await ledger.used('a');
    expect((await ledger.read()).entryOf('a')?.uses).toBe(1);
  });

  it('forgets what was used the longest ago when there is too much of it', async () => {
    const { directory, ledger, clock } = await setUp(3);
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) {
      await ledger.used(key);
      clock.advance(1000);
    }
    expect(await readdir(join(directory, 'uses'))).toHaveLength(3);
    const view = await ledger.read();
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => view.entryOf(key) !== undefined)).toEqual([
      'a',
      'd',
      'e',
    ]);
  });

  it('forgets the uses of what is gone, not its pin', async () => {
    const { ledger } = await setUp();
    await ledger.used('a');
    await ledger.pin('a');
    await ledger.forget('a');
    const view = await ledger.read();
    expect(view.entryOf('a')).toBeUndefined();
    expect(view.isPinned('a')).toBe(true);
  });

  it('says when it can not be written, and reads as empty', async () => {
    const { directory, ledger } = await setUp();
    await mkdir(join(directory, '..'), { recursive: true });
    await rm(directory, { recursive: true });
    await writeFile(directory, 'a file in its place');
    await expect(ledger.used('a')).rejects.toMatchObject({ type: 'source_failed' });
    expect((await ledger.read()).isPinned('a')).toBe(false);
  });
});
