import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../bench/serve/figures.ts';
import { compareToReference, largestDifference, referenceOf } from '../../../bench/serve/report/compare.ts';
import { summarize } from '../../../bench/serve/report/summary.ts';
import { renderSummary } from '../../../bench/serve/report/summary-table.ts';

const observation = (
  contender: Observation['contender'],
  round: number,
  documentsPerSecond: number,
): Observation => ({ scenario: 'mixed', variant: '', contender, round, figures: { documentsPerSecond } });

const observations = [
  observation('rerankd-int8', 1, 100),
  observation('python', 1, 50),
  observation('python', 2, 40),
  observation('rerankd-int8', 2, 120),
  observation('rerankd-int8', 3, 110),
  observation('python', 3, 55),
];

const scores = new Map([
  ['mixed', new Map([['rerankd-int8', [0.5, 0.25]] as const, ['python', [0.5, 0.5]] as const])],
]);

describe('compareToReference', () => {
  it('takes ratios within a round, and the largest difference of scores', () => {
    const [first, , , second] = compareToReference({ observations, scores });
    expect(first?.figures).toEqual({ documentsPerSecond: 100, againstReference: 2, scoreDifference: 0.25 });
    expect(second?.figures.againstReference).toBe(3);
  });

  it('leaves everything as it is where there is nobody to compare to', () => {
    const alone = observations.filter(({ contender }) => contender !== 'python');
    expect(referenceOf(alone)).toBeUndefined();
    expect(compareToReference({ observations: alone, scores })).toEqual(alone);
  });

  it('does not compare what is missing', () => {
    expect(largestDifference([1], undefined)).toBeNaN();
    expect(largestDifference([1], [1, 2])).toBeNaN();
  });
});

describe('renderSummary', () => {
  const table = renderSummary(summarize(compareToReference({ observations, scores })));

  it('shows medians and ranges of every contender', () => {
    expect(table).toMatch(/^rerankd-int8 +110 \(100–120\) +2\.00 \(2\.00–3\.00\)/m);
    expect(table).toMatch(/^python +50\.0 \(40\.0–55\.0\)/m);
  });

  it('has only the columns that the scenario fills', () => {
    expect(table.split('\n')[0]).toMatch(/^mixed +docs\/s +× reference +score off by$/);
  });

  it('leaves out what could not be measured', () => {
    const rows = summarize([observation('python', 1, Number.NaN)]);
    expect(renderSummary(rows).trim().split('\n')).toEqual(['mixed', 'python']);
  });
});
