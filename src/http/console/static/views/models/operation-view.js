import { PhaseBar } from '../../charts/phase-bar.js';
import { extent, MEANINGS, stretches, workMs } from '../../charts/phases.js';
import { TimeChart } from '../../charts/time-chart.js';
import { h, put } from '../../lib/dom.js';
import { duration, figure, moment } from '../../lib/format.js';
import { ask } from '../../server/api.js';
import { live } from '../../server/live-feed.js';
import { learn } from '../../server/operation-log.js';
import { latencyChart, requestChart } from '../live/charts.js';
import { showProblem } from '../notice.js';
import { reportOf } from './report.js';

/** @typedef {import('../../../page-types.ts').Operation} Operation */

/** What was before, and what came after, belongs to the picture. */
const BEFORE_MS = 5_000;
const AFTER_MS = 12_000;

/** One change of the model: its phases, and beside them what those who asked for scores saw of it. */
export class OperationView {
  #title = h('h2', { class: 'wrap' });
  #state = h('span', { class: 'row' });
  #cancelButton = h(
    'button',
    { type: 'button', class: 'link', on: { click: () => this.#cancel() } },
    'Cancel',
  );
  #bar = new PhaseBar();
  #requests = new TimeChart({ ...requestChart, height: 116 });
  #latency = new TimeChart({ ...latencyChart, height: 116 });
  #verdict = h('p', { class: 'verdict small' });
  #phases = h('ol', { class: 'phases' });
  #report = h('div', { class: 'report' });
  #problem = h('div', {});
  /** @type {Operation | undefined} */
  #operation;
  #drawnReport = '';

  constructor() {
    this.element = h(
      'article',
      { class: 'panel operation', hidden: true },
      h(
        'header',
        { class: 'operation-head' },
        this.#title,
        h('p', { class: 'row small muted figures' }, this.#state, this.#cancelButton),
      ),
      this.#problem,
      h('figure', { class: 'chart' }, h('figcaption', {}, h('h3', {}, 'Phases')), this.#bar.element),
      this.#requests.element,
      this.#latency.element,
      this.#verdict,
      this.#phases,
      this.#report,
    );
    new ResizeObserver(() => this.#draw()).observe(this.element);
    live.watch(() => this.#draw());
  }

  /** @param {Operation} operation */
  show(operation) {
    const isAnother = this.#operation?.id !== operation.id;
    this.#operation = operation;
    this.element.hidden = false;
    if (isAnother) showProblem(this.#problem, undefined);
    this.#showHead(operation);
    put(this.#phases, phaseRows(operation));
    // Somebody may be reading or selecting it: only what is new is written.
    const { phases: _, progress: __, ...findings } = operation;
    const report = JSON.stringify(findings);
    if (report !== this.#drawnReport) put(this.#report, reportOf(operation));
    this.#drawnReport = report;
    this.#draw();
  }

  #draw() {
    const operation = this.#operation;
    if (operation === undefined) return;
    const { points, stats } = live.value;
    const band = extent(operation);
    const now = stats?.time ?? band.to;
    const from = band.from - BEFORE_MS;
    const to = Math.max(band.to, Math.min(now, band.to + AFTER_MS));
    this.#bar.show(operation, from, to);
    const isSeen = points.some(({ time }) => time >= from && time <= to);
    this.#requests.element.hidden = !isSeen;
    this.#latency.element.hidden = !isSeen;
    for (const chart of [this.#requests, this.#latency])
      chart.show({ points, from, to, bands: [band], start: band.from });
    put(
      this.#verdict,
      isSeen
        ? verdictOf(points.filter(({ time }) => time >= band.from && time <= to))
        : 'This page did not look at the time: there are no figures beside it.',
    );
  }

  /** @param {Operation} operation */
  #showHead(operation) {
    const { kind, model, started_at, status } = operation;
    put(this.#title, `${kind[0]?.toUpperCase()}${kind.slice(1)} to ${model}`);
    put(
      this.#state,
      outcomeBadge(operation),
      h('span', {}, `since ${moment(started_at)}`),
      h('span', {}, duration(workMs(operation))),
    );
    this.#cancelButton.hidden = status !== 'running' && status !== 'waiting';
  }

  async #cancel() {
    const id = this.#operation?.id ?? '';
    try {
      learn((await ask(`update/${encodeURIComponent(id)}`, { method: 'DELETE', admin: true })).body);
    } catch (error) {
      showProblem(this.#problem, error);
    }
  }
}

const OUTCOMES = {
  waiting: 'waits',
  running: 'under way',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  superseded: 'superseded',
};

/** @param {Operation} operation */
export function outcomeBadge({ status, probation, dry_run }) {
  const tone =
    status === 'succeeded' ? 'good' : status === 'running' || status === 'waiting' ? 'open' : 'failed';
  const text =
    probation?.state === 'rolled_back'
      ? 'taken back'
      : status === 'succeeded' && dry_run
        ? 'passed, dry run'
        : OUTCOMES[status];
  return h('span', { class: `badge ${probation?.state === 'rolled_back' ? 'failed' : tone}` }, text);
}

/** @param {Operation} operation */
function phaseRows(operation) {
  const all = stretches(operation);
  const isRunning = operation.status === 'running';
  return all.map(({ phase, ms, tone }, index) => {
    const isNow = (isRunning || operation.probation?.state === 'running') && index === all.length - 1;
    const { progress } = operation;
    const done =
      isNow && progress !== null && progress.total > 0
        ? `${Math.floor((100 * progress.done) / progress.total)}%`
        : '';
    return h(
      'li',
      { 'aria-current': isNow ? 'step' : undefined },
      h('i', { class: `dash ${tone}` }),
      h('span', { class: 'phase-title' }, phase),
      h('span', { class: 'muted meaning' }, MEANINGS[phase] ?? '', done && ` · ${done}`),
      h('span', { class: 'number' }, duration(ms)),
    );
  });
}

/** What became of the requests meanwhile, in words. @param {readonly import('../../server/rates.js').Point[]} points */
function verdictOf(points) {
  let [answered, failed] = [0, 0];
  for (const [index, point] of points.entries()) {
    const seconds = (point.time - (points[index - 1]?.time ?? point.time)) / 1000;
    answered += point.answered * seconds;
    failed += point.failed * seconds;
  }
  if (Math.round(answered + failed) === 0) return 'No requests came meanwhile.';
  const p99 = Math.max(...points.map((point) => point.p99 ?? 0));
  return [
    h(
      'b',
      { class: failed > 0.5 ? 'bad' : 'good' },
      failed > 0.5
        ? `${figure(Math.round(failed))} of ${figure(Math.round(answered + failed))} requests failed meanwhile`
        : `About ${figure(Math.round(answered))} requests were answered meanwhile, none failed`,
    ),
    `; p99 at most ${duration(p99)}.`,
  ];
}
