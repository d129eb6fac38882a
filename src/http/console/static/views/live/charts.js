import { bytes, duration, figure, percent } from '../../lib/format.js';

/** @typedef {import('../../charts/time-chart.js').ChartOptions} ChartOptions */

/** @type {ChartOptions} */
export const requestChart = {
  title: 'Requests a second',
  format: figure,
  least: 1,
  series: [
    { label: 'answered', tone: 'accent', shape: 'area', value: (point) => point.answered },
    { label: 'refused', tone: 'other', shape: 'line', value: (point) => point.refused, isRare: true },
    { label: 'failed', tone: 'bad', shape: 'area', value: (point) => point.failed, isRare: true },
  ],
};

/** @type {ChartOptions} */
export const latencyChart = {
  title: 'Time of a request',
  format: duration,
  least: 5,
  series: [
    { label: 'p50', tone: 'accent', shape: 'line', value: (point) => point.p50 },
    { label: 'p99', tone: 'other', shape: 'line', value: (point) => point.p99 },
  ],
};

/** @type {readonly ChartOptions[]} */
export const liveCharts = [
  requestChart,
  latencyChart,
  {
    title: 'Queue',
    format: figure,
    least: 4,
    series: [
      { label: 'requests inside', tone: 'accent', shape: 'area', value: (point) => point.waiting },
      { label: 'pairs waiting', tone: 'other', shape: 'line', value: (point) => point.queuedPairs },
    ],
  },
  {
    title: 'Engines',
    format: percent,
    most: 1,
    series: [
      { label: 'busy', tone: 'accent', shape: 'area', value: (point) => point.busy },
      { label: 'found in the cache', tone: 'other', shape: 'line', value: (point) => point.cacheHits },
    ],
  },
  {
    title: 'Batches',
    format: figure,
    least: 4,
    series: [{ label: 'pairs in one', tone: 'accent', shape: 'line', value: (point) => point.pairsPerBatch }],
  },
  {
    title: 'Memory, without mapped weights',
    format: bytes,
    least: 2 ** 28,
    unit: 2 ** 20,
    series: [
      { label: 'model', tone: 'accent', shape: 'area', value: (point) => point.modelBytes },
      { label: 'second model', tone: 'other', shape: 'line', value: (point) => point.secondBytes },
      { label: 'server', tone: 'neutral', shape: 'line', value: (point) => point.serverBytes },
    ],
  },
];
