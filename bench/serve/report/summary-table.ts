import type { Middle } from '../../../scripts/measuring/statistics.ts';
import { number, renderTable } from '../../swap/report/table.ts';
import { type FigureName, type FigureStyle, figureStyles } from '../figures.ts';
import type { SummaryRow } from './summary.ts';

/** One table, with a head for each scenario, as scenarios have different figures. */
export function renderSummary(rows: readonly SummaryRow[]): string {
  const byScenario = Map.groupBy(rows, ({ scenario }) => scenario);
  return [...byScenario.values()].map(renderScenario).join('\n');
}

function renderScenario(rows: readonly SummaryRow[]): string {
  const names = (Object.keys(figureStyles) as FigureName[]).filter((name) =>
    rows.some(({ figures }) => figures.has(name)),
  );
  const head = [rows[0]?.scenario ?? '', ...names.map((name) => figureStyles[name].label)];
  const body = rows.map(({ variant, contender, figures }) => [
    [variant, contender].filter((part) => part !== '').join(', '),
    ...names.map((name) => cell(figureStyles[name], figures.get(name))),
  ]);
  return renderTable([head, ...body]);
}

function cell({ unit, range }: FigureStyle, value: Middle | undefined): string {
  if (value === undefined) return '–';
  const [median, least, most] = [value.median, value.least, value.most].map((part) => number(part / unit));
  return range === undefined || least === most ? `${median}` : `${median} (${least}–${most})`;
}
