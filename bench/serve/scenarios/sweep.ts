import { middleOf } from '../../../scripts/measuring/statistics.ts';
import type { RequestFile } from '../workload/request-file.ts';
import type { Scenario } from './scenario.ts';
import { measureSlice, PASSES, sliceMs } from './slices.ts';

interface Step {
  readonly variant: string;
  readonly documents: number;
  readonly connections: number;
}

/** Full load of different shapes on one server, in short turns. @param usual index of the step that the others are compared with */
function sweep(name: string, about: string, steps: readonly Step[], usual: number): Scenario {
  return {
    name,
    about,
    for: 'rerankd',
    async run(contender, { workload, seconds, signal, say }) {
      await using server = await contender.start(signal);
      const files: RequestFile[] = [];
      for (const { documents } of steps) files.push(await workload.requests('mixed', documents));
      const rates: number[][] = steps.map(() => []);
      for (let pass = 1; pass <= PASSES; pass++) {
        say(`pass ${pass} of ${PASSES}`);
        for (const [index, { connections }] of steps.entries()) {
          const load = { file: files[index] as RequestFile, connections };
          rates[index]?.push(await measureSlice(server, load, sliceMs(seconds), signal));
        }
      }
      return steps.map(({ variant }, index) => ({
        variant,
        figures: {
          tokensPerSecond: middleOf(rates[index] ?? []).median,
          againstUsual: middleOf(
            (rates[index] ?? []).map((rate, pass) => rate / (rates[usual]?.[pass] ?? Number.NaN)),
          ).median,
        },
      }));
    },
  };
}

export const documents = sweep(
  'docs',
  'mixed lengths; 8, 32, 100, 1000 documents a request, 8 connections; tokens computed, against 32 documents',
  [8, 32, 100, 1000].map((count) => ({ variant: `${count} docs`, documents: count, connections: 8 })),
  1,
);

export const concurrency = sweep(
  'concurrency',
  'mixed lengths, 32 documents a request; 1, 4, 16, 64, 256 connections; tokens computed, against 16 connections',
  [1, 4, 16, 64, 256].map((count) => ({
    variant: `${count} connections`,
    documents: 32,
    connections: count,
  })),
  2,
);
