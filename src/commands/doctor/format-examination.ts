import { styleText } from 'node:util';
import { oneLine } from '../report/layout.ts';
import type { Status } from './check.ts';
import { type Examined, worstOf } from './examine.ts';

const COLORS = { ok: 'green', warning: 'yellow', problem: 'red' } as const satisfies Record<Status, string>;
const STATUS_WIDTH = 9;
const NAME_WIDTH = 20;

/** One line for each thing that was looked at, with what to do, and what else is known, under it. @param isColored for a terminal */
export function formatExamination(found: readonly Examined[], isColored: boolean): string {
  const lines = found.flatMap(({ name, status, message, mend, details = [] }) => {
    const word = status.padEnd(STATUS_WIDTH);
    const shown = isColored ? styleText(COLORS[status], word, { validateStream: false }) : word;
    const line = `${shown}${name.padEnd(NAME_WIDTH)}${oneLine(message)}`;
    const below = [...(mend === undefined ? [] : [mend]), ...details.map((detail) => `· ${detail}`)];
    return [line, ...below.map((text) => `${' '.repeat(STATUS_WIDTH + NAME_WIDTH)}${oneLine(text)}`)];
  });
  return [...lines, '', summary(found)].join('\n');
}

/** The same for programs. */
export function examinationJson(found: readonly Examined[]): string {
  return JSON.stringify({ status: worstOf(found), checks: found }, null, 2);
}

function summary(found: readonly Examined[]): string {
  const count = (wanted: Status): number => found.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'All is well.';
  return `${plural(problems, 'problem')}, ${plural(warnings, 'warning')}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
