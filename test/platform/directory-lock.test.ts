import { expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { lockDirectory } from '../../src/platform/directory-lock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('keeps a second owner out of a directory until the first one leaves', async () => {
  const directory = await temporaryDirectory();
  const first = await lockDirectory(directory, 0, systemClock);
  expect(first).toBeDefined();
  expect(await lockDirectory(directory, 0, systemClock)).toBeUndefined();
  await first?.release();
  const second = await lockDirectory(directory, 0, systemClock);
  expect(second).toBeDefined();
  await second?.release();
});
