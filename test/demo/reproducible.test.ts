import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demo, demoNext } from '../../scripts/demo-models/variant.ts';
import { writeModel } from '../../scripts/demo-models/write-model.ts';
import { modelDirectory } from './demo-scorer.ts';

describe('the committed models', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'demo-models-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each([demo, demoNext])('are what the source builds: $name', async (variant) => {
    const built = await writeModel(variant, root);
    const committed = modelDirectory(variant.name);
    const files = await filesOf(built);
    expect(await filesOf(committed)).toEqual(files);
    for (const file of files) {
      const same = (await readFile(join(built, file))).equals(await readFile(join(committed, file)));
      expect(same, `${file} is not what \`npm run models:build\` writes`).toBe(true);
    }
  });

  it.each([demo, demoNext])('stay small enough for a repository: $name', async ({ name }) => {
    const directory = modelDirectory(name);
    const sizes = await Promise.all((await filesOf(directory)).map((file) => stat(join(directory, file))));
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(1.5e6);
  });
});

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}
