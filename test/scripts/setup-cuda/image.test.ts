import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { importGraph } from '../../support/import-graph.ts';

it('an image is built with all that npm run setup:cuda imports', async () => {
  const ignored = await readFile(new URL('../../../.dockerignore', import.meta.url), 'utf8');
  const copied = [...ignored.matchAll(/^!(.+)$/gm)].map(([, path = '']) => path);
  const { files } = await importGraph(['scripts/setup-cuda.ts']);
  const isCopied = (file: string): boolean =>
    copied.some((path) => file === path || file.startsWith(`${path}/`));
  expect([...files].filter((file) => !isCopied(file))).toEqual([]);
});
