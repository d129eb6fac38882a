import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { planDay } from '../../bench/gpu-day/plan.ts';
import { BENCH_PACKAGES, BENCH_SOURCES, SOURCES } from '../../scripts/pack-offline/contents.ts';
import { packagesToCarry, readLock } from '../../scripts/pack-offline/packages.ts';
import { importGraph } from '../support/import-graph.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What is measured beside rerankd on a CPU. A card has no part in which it runs. */
const isBaseline = (file: string): boolean => file.startsWith('bench/baselines/');

function programsOfADay(): string[] {
  const day = { out: 'out', work: 'work', python: undefined, sizes: ['base', 'large'], isDryRun: false };
  const parts = (['cuda', 'webgpu'] as const).flatMap((device) => planDay({ device, ...day }));
  const programs = parts.flatMap(({ arguments: [program = ''] }) =>
    program.endsWith('.ts') ? [program] : [],
  );
  return [...new Set(programs)].map((program) => program.slice(repository.length));
}

const isIn = (folders: readonly string[]) => (path: string) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

it('a pack with the benches has all that npm run bench:gpu imports', async () => {
  const programs = programsOfADay();
  expect(programs).toContain('bench/graph.ts');
  const { files, packages } = await importGraph(['bench/gpu.ts', ...programs], isBaseline);
  // Or else nothing was followed.
  expect(files).toContain('bench/card/matmul/worker.ts');
  expect(packages).toContain('autocannon');
  expect([...files].filter((file) => !isIn([...SOURCES, ...BENCH_SOURCES])(file))).toEqual([]);
  const carried = isIn(
    await packagesToCarry(await readLock(repository), repository, { more: BENCH_PACKAGES }),
  );
  expect([...packages].filter((name) => !carried(`node_modules/${name}`))).toEqual([]);
});

it('a pack without them has all that the server imports', async () => {
  const { files, packages } = await importGraph(['src/main.ts']);
  expect([...files].filter((file) => !isIn(SOURCES)(file))).toEqual([]);
  const carried = isIn(await packagesToCarry(await readLock(repository), repository, { more: [] }));
  expect([...packages].filter((name) => !carried(`node_modules/${name}`))).toEqual([]);
});
