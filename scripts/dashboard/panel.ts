/** A query, and how its series are called. */
type Series = readonly [expr: string, legend?: string];

export interface Panel {
  readonly title: string;
  /** What one learns from it. */
  readonly description: string;
  readonly kind?: 'timeseries' | 'stat' | 'heatmap' | 'state-timeline' | 'table';
  /** Grafana's name of a unit. */
  readonly unit?: string;
  /** Of 24. */
  readonly width?: number;
  readonly series: readonly Series[];
  /** From this value on it is shown in red. */
  readonly alarmFrom?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** A panel as Grafana has it. */
export function grafanaPanel(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind = 'timeseries', series, unit = 'short', alarmFrom } = panel;
  const steps = [
    { color: 'green', value: null },
    ...(alarmFrom === undefined ? [] : [{ color: 'red', value: alarmFrom }]),
  ];
  return {
    id,
    title,
    description,
    type: kind,
    gridPos,
    datasource: SOURCE,
    targets: series.map(([expr, legend], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: SOURCE,
      expr,
      legendFormat: legend ?? '__auto',
      ...(kind === 'heatmap' && { format: 'heatmap' }),
      ...(kind === 'table' && { format: 'table', instant: true }),
    })),
    fieldConfig: {
      defaults: { unit, min: 0, custom: customOf(kind), thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
    options: optionsOf(kind),
  };
}

function customOf(kind: string): object {
  if (kind !== 'timeseries') return {};
  return { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never', spanNulls: false };
}

function optionsOf(kind: string): object {
  if (kind === 'stat')
    return { graphMode: 'area', colorMode: 'value', reduceOptions: { calcs: ['lastNotNull'] } };
  if (kind === 'heatmap') return { calculate: false, color: { scheme: 'Oranges' }, yAxis: { unit: 's' } };
  if (kind === 'state-timeline') return { showValue: 'never', mergeValues: true };
  if (kind === 'table') return { showHeader: true };
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
}
