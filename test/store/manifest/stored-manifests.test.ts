import { createHash } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatManifest } from '../../../src/store/manifest/manifest.ts';
import { StoredManifests } from '../../../src/store/manifest/stored-manifests.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOUR = 3_600_000;

async function begin(stored: StoredManifests, name: string): Promise<string> {
  const manifest = Buffer.from(formatManifest([{ path: name, size: 3, sha256: 'a'.repeat(64) }]));
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  await stored.keepManifest(sha256, manifest);
  await writeFile(join(stored.directoryOf(sha256), name), 'abc');
  return sha256;
}

it('what was begun and nobody came back for is deleted, and nothing else', async () => {
  const root = await temporaryDirectory();
  const stored = new StoredManifests(root);
  const clock = new ManualClock();
  const whole = await begin(stored, 'whole');
  await stored.complete(whole, new URL('https://models.example/manifest.json'), clock.date());
  const underWay = await begin(stored, 'under-way');
  const abandoned = await begin(stored, 'abandoned');
  const age = async (sha256: string, ms: number): Promise<void> => {
    const at = new Date(clock.date().getTime() - ms);
    const paths = await readdir(join(root, sha256), { recursive: true });
    for (const path of ['.', ...paths]) await utimes(join(root, sha256, path), at, at);
  };
  await age(whole, 100 * HOUR);
  await age(underWay, HOUR);
  await age(abandoned, 3 * HOUR);
  await stored.removeAbandoned(2 * HOUR, clock);
  expect((await readdir(root)).toSorted()).toEqual([underWay, whole].toSorted());
});
