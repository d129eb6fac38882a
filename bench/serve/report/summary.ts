import { type Middle, middleOf } from '../../../scripts/measuring/statistics.ts';
import type { ContenderName } from '../contenders/contender.ts';
import { type FigureName, figureStyles, type Observation } from '../figures.ts';

/** What one contender did over all rounds of one variant of one scenario. */
export interface SummaryRow {
  readonly scenario: string;
  readonly variant: string;
  readonly contender: ContenderName;
  readonly figures: ReadonlyMap<FigureName, Middle>;
}

/** Medians and ranges over the rounds, in the order in which things were first observed. */
export function summarize(observations: readonly Observation[]): SummaryRow[] {
  const groups = Map.groupBy(observations, ({ scenario, variant, contender }) =>
    JSON.stringify([scenario, variant, contender]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { scenario, variant, contender } = first;
    return [{ scenario, variant, contender, figures: middles(group) }];
  });
}

function middles(group: readonly Observation[]): Map<FigureName, Middle> {
  const found = new Map<FigureName, Middle>();
  for (const name of Object.keys(figureStyles) as FigureName[]) {
    const values = group.flatMap(({ figures }) => figures[name] ?? []).filter(Number.isFinite);
    if (values.length > 0) found.set(name, middleOf(values));
  }
  return found;
}
