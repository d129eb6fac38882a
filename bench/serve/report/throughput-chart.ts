import { renderBarChart } from './bar-chart.ts';
import type { SummaryRow } from './summary.ts';

/** Scenarios in which everybody takes part. */
const COMPARED = ['mixed', 'uniform'];

const TITLES: Readonly<Record<string, string>> = {
  mixed: 'lengths as of real passages (10 to 512 tokens)',
  uniform: 'all pairs of 128 tokens',
};

/** Draws the documents a second of all contenders. @returns undefined where nothing was compared. */
export function throughputChart(rows: readonly SummaryRow[], machine: string): string | undefined {
  const groups = COMPARED.flatMap((scenario) => {
    const bars = rows
      .filter((row) => row.scenario === scenario && row.figures.has('documentsPerSecond'))
      .map(({ contender, figures }) => ({
        label: contender,
        value: figures.get('documentsPerSecond')?.median ?? 0,
        isOurs: contender.startsWith('rerankd'),
      }))
      .toSorted((a, b) => b.value - a.value);
    return bars.length === 0 ? [] : [{ title: TITLES[scenario] ?? scenario, bars }];
  });
  if (groups.length === 0) return undefined;
  return renderBarChart({ title: 'Documents reranked per second', subtitle: machine, groups });
}
