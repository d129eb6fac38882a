import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/model/agreement/compare.ts';
import { formatComparison } from '../../../src/model/agreement/report.ts';

const names = { reference: 'local://base (fp32)', candidate: 'local://base (int8)' };

const comparison: Comparison = {
  queries: 54,
  documents: 508,
  kendallTau: 0.98765,
  worstQuery: {
    index: 16,
    kendallTau: -0.2,
    query: 'How do I undo the last git commit but keep my changes?',
  },
  top1Overlap: 53 / 54,
  topK: 10,
  topKOverlap: 0.97,
  maxDrift: 0.5432,
  meanDrift: 0.0001234,
  maxRelativeDrift: 0.0345,
  meanRelativeDrift: 0.00001,
  maxScoreDrift: 0.081,
  meanScoreDrift: 0,
  threshold: 0.5,
  thresholdCrossing: 0.0039,
  nonFinite: { reference: 0, candidate: 3 },
  referenceTime: { sumMs: 12_345, medianMs: 228.61 },
  candidateTime: { sumMs: 2469, medianMs: 45.7 },
  latencyRatio: 0.2,
};

/** Columns of a line, wide characters as two. */
const columnsOf = (line: string): number =>
  Array.from(line, (character) => ((character.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2)).reduce(
    (sum, width) => sum + width,
    0,
  );

describe('the report of a comparison', () => {
  it('is an aligned table', () => {
    const limits = { minKendallTau: 0.99, minTop1Overlap: 0.98, maxThresholdCrossing: 0.001 };
    expect(formatComparison(comparison, names, { limits })).toMatchInlineSnapshot(`
      "reference                     local://base (fp32)
      candidate                     local://base (int8)
      probe set                     54 queries, 508 documents

      Kendall tau, mean                 0.9877
      Kendall tau, worst query         -0.2000  query 17 of 54:
        How do I undo the last git commit but keep my changes?
      same best document                98.15%  of queries
      same among the best 10            97.00%  or the better half of a query's documents

      logit drift, largest              0.5432  3.45% of the reference's spread
      logit drift, mean                1.23e-4  <0.01% of the reference's spread
      score drift, largest              0.0810
      score drift, mean                 0.0000
      crossed the threshold 0.5          0.39%  of documents
      not finite, reference                  0  scores
      not finite, candidate                  3  scores

      time a query, reference         228.6 ms  median; 12.35 s in all
      time a query, candidate          45.7 ms  median; 2.47 s in all
      latency ratio                     0.2000  candidate / reference, median over the queries

      Beyond the limits:
      - 3 of the candidate's scores are no finite numbers
      - Kendall tau is 0.988, below 0.99
      - the share of documents that cross the threshold of 0.5 is 0.4%, above 0.1%"
    `);
  });

  it('says so when all is within the limits, and nothing without limits', () => {
    const fine = { ...comparison, nonFinite: { reference: 0, candidate: 0 } };
    const limits = { minKendallTau: 0.97, minTop1Overlap: 0.98 };
    expect(formatComparison(fine, names, { limits })).toMatch(/\n\nWithin the limits\.$/);
    expect(formatComparison(fine, names)).not.toContain('limits');
  });

  it('fits a terminal, whatever the models and queries are called and however large the figures are', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const odd: Comparison = {
      ...comparison,
      queries: 10_000,
      worstQuery: { index: 9999, kendallTau: -1, query: '电车里忘记了东西应该怎么办 '.repeat(40) },
      topK: 1000,
      maxDrift: 3e38,
      meanDrift: nan,
      maxRelativeDrift: infinity,
      meanRelativeDrift: 3e38,
      threshold: 0.1 + 0.2,
      referenceTime: { sumMs: 1e9, medianMs: 1e6 },
      latencyRatio: 1e-9,
    };
    const long = { reference: 'x'.repeat(300), candidate: 'å'.repeat(300) };
    const limits = { minKendallTau: 1, minTop1Overlap: 1, maxRelativeDrift: 0, maxThresholdCrossing: 0 };
    const lines = formatComparison(odd, long, { limits }).split('\n');
    expect(lines.filter((line) => columnsOf(line) > 100)).toEqual([]);
    expect(lines.join('\n')).toContain('infinite of the reference');
    expect(lines.join('\n')).toContain('unknown');
  });

  it('stays aligned, whatever the figures are', () => {
    for (const figure of [
      0,
      1e-300,
      0.00099,
      0.5,
      99,
      9999.4,
      123_456,
      1e20,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]) {
      const report = formatComparison(
        {
          ...comparison,
          kendallTau: -figure,
          maxDrift: figure,
          maxScoreDrift: figure,
          thresholdCrossing: figure,
        },
        names,
      );
      const rows = report
        .split('\n')
        .filter((line) => /^(Kendall|same|logit|score|crossed|not|time|latency)/.test(line));
      expect(rows).toHaveLength(14);
      expect(rows.filter((line) => !/^.{39}\S(  \S|$)/.test(line))).toEqual([]);
    }
  });

  it('lets no query or name write to the terminal on its own', () => {
    const query = 'one\u001B[2Jtwo\nthree\u202Efour';
    const report = formatComparison(
      { ...comparison, worstQuery: { index: 0, kendallTau: 0, query } },
      { reference: 'a\rb', candidate: 'c\u2028d' },
    );
    expect(report).toContain('  one [2Jtwo three four\n');
    expect(report).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
  });
});
