import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initialState } from '../../src/serving/history.ts';
import { StateFile } from '../../src/serving/state-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const state = initialState({ model: 'local://demo', digest: 'd'.repeat(64) }, new Date(0));

it('gives back what was written, in the file that the contract names', async () => {
  const directory = await temporaryDirectory();
  const file = new StateFile(directory);
  expect(await file.read()).toEqual({ state: undefined });
  await file.write(state);
  expect(await file.read()).toEqual({ state });
  expect(await readdir(directory)).toEqual(['.last_good_model']);
});

it('puts a file aside that it cannot read, and loses nothing', async () => {
  const directory = await temporaryDirectory();
  const file = new StateFile(directory);
  for (const broken of ['{"model": ', '{}', '[]', '']) {
    await writeFile(file.path, broken);
    const { state: read, unreadable } = await file.read();
    expect(read).toBeUndefined();
    expect(await readFile(unreadable as string, 'utf8')).toBe(broken);
  }
});

it('can be taken back', async () => {
  const file = new StateFile(join(await temporaryDirectory(), 'deeper'));
  await file.write(state);
  await file.remove();
  expect(await file.read()).toEqual({ state: undefined });
});
