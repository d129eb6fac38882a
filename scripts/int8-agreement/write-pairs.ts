/**
 * Writes training pairs and a test set for scripts/int8-agreement/train.py, from the READMEs of the installed packages.
 *
 *     node scripts/int8-agreement/write-pairs.ts DIRECTORY
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filePath } from '../flags/kinds.ts';
import { commandLine, runScript } from '../flags/run-script.ts';
import { readPassages } from './passages.ts';
import { RandomQueries } from './random-queries.ts';

const TRAINING_QUERIES = 1600;
const TEST_QUERIES = 300;

const manual = {
  usage: 'node scripts/int8-agreement/write-pairs.ts DIRECTORY',
  about: 'Writes training pairs and a test set, from the READMEs of the installed packages.',
  flags: { directory: { kind: filePath, isOperand: true, help: 'where to' } },
} as const;

await runScript({
  name: 'write-pairs',
  ...commandLine(manual),
  run: async ({ directory }) => {
    await mkdir(directory, { recursive: true });

    const packages = await readPassages();
    const queries = new RandomQueries(1);
    const training = queries.draw(
      packages.filter((_, index) => index % 2 === 0),
      TRAINING_QUERIES,
    );
    const test = queries.draw(
      packages.filter((_, index) => index % 2 === 1),
      TEST_QUERIES,
    );
    const pairs = training.flatMap(({ query, documents }) =>
      documents.map(({ text, grade }) => [query, text, grade]),
    );
    await writeFile(join(directory, 'train.json'), JSON.stringify(pairs));
    const testSet = test.map(({ query, documents }) => ({
      query,
      documents: documents.map(({ text }) => text),
    }));
    await writeFile(join(directory, 'test.json'), JSON.stringify(testSet));
    console.log(
      `${packages.length} packages, ${pairs.length} pairs to train with, ${testSet.length} queries to test with`,
    );
  },
});
