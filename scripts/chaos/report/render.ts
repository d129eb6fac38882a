import type { Verdict } from '../finding.ts';
import type { Outcome } from '../run.ts';
import { wrapTable } from './wrap-table.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  met: '✓',
  missed: '✗ missed',
  unsupported: '– not supported',
  skipped: '– not possible',
};

/** Columns at most so wide: a table is read at a terminal. */
const WIDTHS = [12, 44, 62, 16];

/** The whole report as text: a table, and what was behind everything that is not as it should be. */
export function renderReport(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ name, seconds, findings }) =>
    findings.map(({ asked, figure, verdict }, position) => [
      position === 0 ? `${name} ${Math.round(seconds)} s` : '',
      asked,
      figure,
      VERDICTS[verdict],
    ]),
  );
  return `${wrapTable([['experiment', 'asked', 'figure', 'verdict'], ...rows], WIDTHS)}${examples(outcomes)}`;
}

function examples(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ name, findings }) =>
    findings
      .filter((finding) => finding.examples.length > 0)
      .map(
        (finding) => `${name}: ${finding.asked}\n${finding.examples.map((line) => `  ${line}`).join('\n')}\n`,
      ),
  );
  return lines.length === 0 ? '' : `\n${lines.join('\n')}`;
}

/** True when nothing that was asked and could be tried fell short. */
export function isAllMet(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ findings }) => findings.every(({ verdict }) => verdict !== 'missed'));
}
