import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestDefaults } from '../../scripts/synthesize/request.ts';
import { TargetDirectory } from '../../scripts/synthesize/target-directory.ts';
import { writeCheckpoint } from '../../scripts/synthesize/write-checkpoint.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { synthesized } from './support/synthesized.ts';

const files = [
  'README.md',
  'config.json',
  'model.safetensors',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer_config.json',
];
const tiny = { ...requestDefaults, architecture: 'bert', size: 'tiny' } as const;

describe('the directory of a checkpoint', () => {
  it('has all files, and nothing beside it is left', async () => {
    const directory = await synthesized();
    expect((await readdir(directory)).toSorted()).toEqual(files);
    expect(await readdir(dirname(directory))).toEqual(['model']);
  });

  it('may be there already when it is empty, or a link to an empty one', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'empty'));
    await symlink('empty', join(root, 'link'));
    await writeCheckpoint({ ...tiny, directory: join(root, 'link') });
    expect((await readdir(join(root, 'empty'))).toSorted()).toEqual(files);
  });

  it('is not touched when something is in it', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await expect(writeCheckpoint({ ...tiny, directory })).rejects.toThrow(/is not empty.*--force/);
    expect(await readdir(directory)).toEqual(['notes.txt']);
  });

  it('is replaced as a whole when that is asked for', async () => {
    const directory = await synthesized({ maxShardBytes: 50_000 });
    await writeCheckpoint({ ...tiny, directory, force: true });
    expect((await readdir(directory)).toSorted()).toEqual(files);
    expect(await readdir(dirname(directory))).toEqual(['model']);
  });

  it('is never replaced when no model is in it', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await expect(writeCheckpoint({ ...tiny, directory, force: true })).rejects.toThrow(/no config\.json/);
    expect(await readdir(directory)).toEqual(['notes.txt']);
  });

  it('is refused by name where it is a file', async () => {
    const path = join(await temporaryDirectory(), 'file');
    await writeFile(path, 'mine');
    await expect(writeCheckpoint({ ...tiny, directory: path })).rejects.toThrow(/can't be written/);
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('does not appear when the writing is stopped half-way, and leaves nothing', async () => {
    const root = await temporaryDirectory();
    const stop = new AbortController();
    let advanced = 0;
    const progress = {
      begin: () => undefined,
      advance: () => {
        advanced++;
        stop.abort(new Error('stopped'));
      },
    };
    const writing = writeCheckpoint({ ...tiny, directory: join(root, 'model') }, progress, stop.signal);
    await expect(writing).rejects.toThrow('stopped');
    expect(await readdir(root)).toEqual([]);
    // Of more than thirty tensors: it stopped at once.
    expect(advanced).toBeLessThan(4);
  });

  it('is hidden while it is being written', async () => {
    const root = await temporaryDirectory();
    const target = await TargetDirectory.prepare(join(root, 'model'), false, 0);
    const during = await readdir(root);
    await target.commit();
    expect(during).toEqual([expect.stringMatching(/^\.model\.partial-/)]);
    expect(await readdir(root)).toEqual(['model']);
  });

  it('is not begun on a disk that is too full for it', async () => {
    const root = await temporaryDirectory();
    const preparing = TargetDirectory.prepare(join(root, 'model'), false, 1e18);
    await expect(preparing).rejects.toThrow(/too full.*needs 1,000,000,000,000 MB/);
    expect(await readdir(root)).toEqual([]);
  });

  it('is told of every byte of weights', async () => {
    const told = { total: 0, written: 0 };
    const progress = {
      begin: (total: number) => {
        told.total = total;
      },
      advance: (written: number) => {
        told.written += written;
      },
    };
    const directory = join(await temporaryDirectory(), 'model');
    const { parameters } = await writeCheckpoint({ ...tiny, directory }, progress);
    expect(told).toEqual({ total: parameters * 4, written: parameters * 4 });
  });
});
