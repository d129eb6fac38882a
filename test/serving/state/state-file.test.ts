import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { initialState } from '../../../src/serving/state/history.ts';
import { StateFile } from '../../../src/serving/state/state-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const state = initialState({ model: 'local://demo', digest: 'd'.repeat(64) }, new Date(0));

it('gives back what was written, in the file that the contract names', async () => {
  const directory = await temporaryDirectory();
  const file = new StateFile(directory);
  expect(await file.read()).toEqual({ state: undefined });
  await file.write(state);
  expect(await file.read()).toEqual({ state });
  expect(await readdir(directory)).toEqual(['.last_good_model']);
});

it('reads what was written before a quarantine could be for one form', async () => {
  const file = new StateFile(await temporaryDirectory());
  const bad = {
    model: 'local://bad',
    digest: 'b'.repeat(64),
    reason: 'slow',
    since: new Date(0).toISOString(),
  };
  await writeFile(file.path, JSON.stringify({ ...state, quarantined: [bad] }));
  expect(await file.read()).toEqual({ state: { ...state, quarantined: [bad] } });
  const form = { ...bad, dtype: 'fp32' as const };
  await file.write({ ...state, quarantined: [form] });
  expect((await file.read()).state?.quarantined).toEqual([form]);
});

it('puts a file aside that it cannot read, and loses nothing', async () => {
  const directory = await temporaryDirectory();
  const file = new StateFile(directory);
  for (const broken of ['{"model": ', '{}', '[]', '']) {
    await writeFile(file.path, broken);
    const { state: read, unreadable } = await file.read();
    expect(read).toBeUndefined();
    expect(unreadable).toContain(`${file.path}.unreadable`);
    expect(await readFile(`${file.path}.unreadable`, 'utf8')).toBe(broken);
  }
});

it('falls back to what was written before when the file cannot be read, and says so', async () => {
  const file = new StateFile(await temporaryDirectory());
  const next = initialState({ model: 'local://demo-next', digest: 'e'.repeat(64) }, new Date(1));
  await file.write(state);
  await file.write(next);
  expect(await file.read()).toEqual({ state: next });
  await writeFile(file.path, '{"model": "local://demo-n');
  const reading = await file.read();
  expect(reading.state).toEqual(state);
  expect(reading.unreadable).toMatch(/its previous copy is used/);
});

it('is not fooled by a leftover of a write that was cut off', async () => {
  const file = new StateFile(await temporaryDirectory());
  await file.write(state);
  await writeFile(`${file.path}.previous.new`, 'half');
  await writeFile(`${file.path}.1234567890`, '{');
  const next = { ...state, bootAttempts: 2 };
  await file.write(next);
  expect(await file.read()).toEqual({ state: next });
  expect((await readdir(dirname(file.path))).toSorted()).toEqual([
    '.last_good_model',
    '.last_good_model.previous',
  ]);
});

it('says why it can not be written, without the name of a temporary file', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'in-the-way'), '');
  const file = new StateFile(join(directory, 'in-the-way', 'deeper'));
  await expect(file.write(state)).rejects.toMatchObject({
    message: `${file.path} can't be written: ENOTDIR: not a directory`,
  });
});

it('can be taken back', async () => {
  const file = new StateFile(join(await temporaryDirectory(), 'deeper'));
  await file.write(state);
  await file.remove();
  expect(await file.read()).toEqual({ state: undefined });
});
