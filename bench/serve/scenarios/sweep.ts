import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Outcome, Scenario } from './scenario.ts';

interface Step {
  readonly variant: string;
  readonly documents: number;
  readonly connections: number;
}

/** Full load of different shapes on one server, one after the other. */
function sweep(name: string, about: string, steps: readonly Step[]): Scenario {
  return {
    name,
    about,
    for: 'rerankd',
    async run(contender, { workload, seconds, signal, say }) {
      await using server = await contender.start(signal);
      const outcomes: Outcome[] = [];
      for (const { variant, documents, connections } of steps) {
        say(variant);
        const file = await workload.requests('mixed', documents);
        const { figures, report } = await measureClosedLoop(server, { file, connections, seconds }, signal);
        outcomes.push({ variant, figures, ...(report.example !== undefined && { fault: report.example }) });
      }
      return outcomes;
    },
  };
}

export const documents = sweep(
  'docs',
  'mixed lengths; 8, 32, 100, 1000 documents a request, 8 connections',
  [8, 32, 100, 1000].map((count) => ({ variant: `${count} docs`, documents: count, connections: 8 })),
);

export const concurrency = sweep(
  'concurrency',
  'mixed lengths, 32 documents a request; 1, 4, 16, 64, 256 connections',
  [1, 4, 16, 64, 256].map((count) => ({
    variant: `${count} connections`,
    documents: 32,
    connections: count,
  })),
);
