import { extent } from '../../charts/phases.js';
import { TimeChart } from '../../charts/time-chart.js';
import { h, put } from '../../lib/dom.js';
import { bytes, duration, figure, percent } from '../../lib/format.js';
import { live } from '../../server/live-feed.js';
import { operations } from '../../server/operation-log.js';
import { showProblem } from '../notice.js';
import { liveCharts } from './charts.js';

const WINDOWS = /** @type {const} */ ([
  [1, '1 min'],
  [5, '5 min'],
  [15, '15 min'],
]);

const LEAST_WINDOW_MS = 60_000;

/** The service as it is now, and as it was in the last minutes. */
export function liveView() {
  const problem = h('div', {});
  const tiles = h('dl', { class: 'tiles' });
  const charts = liveCharts.map((options) => new TimeChart(options));
  let minutes = 5;
  const choice = h(
    'fieldset',
    { class: 'segments' },
    h('legend', { class: 'hidden-text' }, 'How far back'),
    WINDOWS.map(([value, name]) =>
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name: 'window',
          class: 'hidden-text',
          checked: value === minutes,
          on: { change: () => ((minutes = value), draw()) },
        }),
        name,
      ),
    ),
  );
  const element = h(
    'section',
    { class: 'view', 'aria-labelledby': 'live-title' },
    h(
      'header',
      { class: 'row spread' },
      h(
        'div',
        {},
        h('h1', { id: 'live-title' }, 'Live'),
        h('p', { class: 'lead' }, 'What the server does now. A shaded stretch is a change of the model.'),
      ),
      choice,
    ),
    problem,
    tiles,
    h(
      'div',
      { class: 'charts' },
      charts.map((chart) => chart.element),
    ),
  );

  const draw = () => {
    const { stats, points } = live.value;
    if (stats === undefined || element.hidden) return;
    const to = stats.time;
    // A window that is not full yet begins where the figures begin.
    const begun = Math.min(points[0]?.time ?? to, to - LEAST_WINDOW_MS);
    const from = Math.max(to - minutes * 60_000, begun);
    const changes = operations.value.filter(({ kind }) => kind !== 'preload');
    const bands = changes.map(extent).filter((band) => band.to > from);
    for (const chart of charts) chart.show({ points, from, to, bands });
  };
  live.watch(({ stats, points, problem: why }) => {
    showProblem(problem, why);
    put(tiles, tilesOf(stats, points.at(-1)));
    draw();
  });
  addEventListener('hashchange', () => requestAnimationFrame(draw));
  return element;
}

/**
 * @param {import('../../../page-types.ts').Stats | undefined} stats
 * @param {import('../../server/rates.js').Point | undefined} point
 */
function tilesOf(stats, point) {
  const failed = stats?.requests.failed;
  const memory = stats && stats.memory.server_bytes + stats.memory.model_bytes + stats.memory.second_bytes;
  return [
    tile('Requests', figure(point?.answered), 'a second'),
    tile('Time, p50', duration(point?.p50), ''),
    tile('Time, p99', duration(point?.p99), ''),
    tile('Inside now', figure(stats?.queue.requests), 'requests'),
    tile('Failed', figure(failed), 'so far', failed !== undefined && failed > 0),
    tile('Engines busy', percent(point?.busy), stats === undefined ? '' : `of ${stats.engines.ready}`),
    tile('Memory', bytes(memory), ''),
    tile('Memory left', bytes(stats?.memory.free_bytes), ''),
    ...gpuTiles(stats?.memory.gpu),
  ];
}

/** @param {import('../../../page-types.ts').Stats['memory']['gpu'] | undefined} gpu */
function gpuTiles(gpu) {
  if (!gpu) return [];
  return [tile('GPU memory', bytes(gpu.used_bytes), ''), tile('GPU memory left', bytes(gpu.free_bytes), '')];
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} unit
 * @param {boolean} [isBad]
 */
function tile(name, value, unit, isBad = false) {
  const [, number = value, ownUnit = ''] = /^((?:< )?[\d.,]+k?)\s*(\S.*)?$/.exec(value) ?? [];
  return h(
    'div',
    { class: 'tile' },
    h('dt', {}, name),
    h('dd', { class: isBad ? 'bad' : '' }, number, h('small', {}, `${ownUnit} ${unit}`.trim())),
  );
}
