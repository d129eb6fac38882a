import type { Outcome } from './outcome.ts';

/** The outcomes for a terminal, one line each, and the reasons of those that failed. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ client, version, dialect, passed }) => [
    passed ? 'passed' : 'FAILED',
    client,
    version,
    dialect,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const reasons = outcomes.flatMap(({ client, problem }) =>
    problem == null ? [] : [`\n${client}:\n  ${problem}`],
  );
  return [...lines, ...reasons].join('\n');
}
