import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeEach } from '../../src/store/remove-each.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('deletes what it can, and tells of the rest', async () => {
  const root = await temporaryDirectory();
  await mkdir(join(root, 'first', 'inner'), { recursive: true });
  for (const name of ['file', 'last', 'other']) await writeFile(join(root, name), '');
  const stuck: string[] = [];
  // Nothing below a file can be deleted, not even by an administrator.
  await removeEach(root, ['first', 'file/below', 'last', 'gone'], (path, error) =>
    stuck.push(`${path}: ${(error as NodeJS.ErrnoException).code}`),
  );
  expect(stuck).toEqual([`${join(root, 'file/below')}: ENOTDIR`]);
  expect(await readdir(root)).toEqual(['file', 'other']);
});
