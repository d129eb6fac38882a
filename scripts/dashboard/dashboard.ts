import { changeRows } from './change-rows.ts';
import { engineRows } from './engine-rows.ts';
import { grafanaPanel, type Row } from './panel.ts';
import { increase } from './promql.ts';
import { requestRows } from './request-rows.ts';

const WHOLE_WIDTH = 24;
const PANEL_WIDTH = 8;
const PANEL_HEIGHT = 8;
const STAT_HEIGHT = 5;

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard as Grafana imports it. */
export function dashboard(): object {
  return {
    title: 'rerankd',
    uid: 'rerankd',
    description: 'A reranker server: requests, engines, and changes of its model.',
    tags: ['rerankd'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [sourceVariable, instanceVariable] },
    annotations: { list: annotations },
    panels: layOut([...requestRows, ...engineRows, ...changeRows]),
  };
}

const sourceVariable = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };

const instanceVariable = {
  name: 'instance',
  label: 'Replica',
  type: 'query',
  datasource: SOURCE,
  query: { query: 'label_values(rerankd_build_info, instance)', refId: 'instances' },
  refresh: 2,
  includeAll: true,
  multi: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
};

/** Marks in every panel. */
const annotations = [
  [
    'Model changed',
    'blue',
    increase('rerankd_swaps_total', 'kind!="preload",outcome="succeeded"'),
    '{{kind}} ({{mode}})',
  ],
  ['Change failed', 'orange', increase('rerankd_swaps_total', 'outcome="failed"'), '{{kind}} failed'],
  [
    'Taken back',
    'red',
    increase('rerankd_probations_total', 'outcome="rolled_back"'),
    'taken back on probation',
  ],
  ['Engine ended', 'yellow', increase('rerankd_engine_restarts_total'), 'an engine or tokenizer ended'],
].map(([name, iconColor, expr, titleFormat]) => ({
  name,
  iconColor,
  titleFormat,
  textFormat: '{{instance}}',
  enable: true,
  datasource: SOURCE,
  expr: `${expr} > 0`,
  step: '30s',
}));

/** From left to right, row by row. */
function layOut(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: box(0, y++, WHOLE_WIDTH, 1),
      panels: [],
    });
    let x = 0;
    let height = 0;
    for (const panel of inRow) {
      const { width = PANEL_WIDTH, kind } = panel;
      const h = kind === 'stat' || kind === 'table' ? STAT_HEIGHT : PANEL_HEIGHT;
      if (x + width > WHOLE_WIDTH) {
        x = 0;
        y += height;
        height = 0;
      }
      panels.push(grafanaPanel(panel, panels.length + 1, box(x, y, width, h)));
      x += width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return panels;
}

function box(x: number, y: number, w: number, h: number): object {
  return { x, y, w, h };
}
