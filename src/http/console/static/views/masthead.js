import { h, put } from '../lib/dom.js';
import { duration, figure } from '../lib/format.js';
import { live } from '../server/live-feed.js';
import { isOpen, operations } from '../server/operation-log.js';
import { askForKeys } from './key-dialog.js';
import { nextTheme, theme } from './theme.js';

/** @typedef {{ readonly path: string, readonly title: string }} Page */

/**
 * The bar at the top: where one is, and how the service does in one look.
 * @param {HTMLElement} bar
 * @param {readonly Page[]} pages
 */
export function showMasthead(bar, pages) {
  const vitals = h('div', { class: 'vitals' });
  const themeButton = h('button', { type: 'button', class: 'quiet', on: { click: nextTheme } });
  theme.watch((name) => {
    put(themeButton, h('span', { class: 'hidden-text' }, 'Colours: '), name);
  });
  put(
    bar,
    h(
      'a',
      { class: 'wordmark', href: '#/', 'aria-label': 'rerankd' },
      h('img', { src: 'icon.svg', alt: '' }),
      h('span', {}, 'rerankd'),
    ),
    h(
      'nav',
      { 'aria-label': 'Pages' },
      pages.map(({ path, title }) => h('a', { href: `#/${path}` }, title)),
    ),
    vitals,
    h(
      'div',
      { class: 'tools' },
      themeButton,
      h('button', { type: 'button', class: 'quiet', on: { click: () => askForKeys() } }, 'Keys'),
    ),
  );
  live.watch(({ stats, points, problem }) => {
    const point = points.at(-1);
    const isUp = problem === undefined && stats !== undefined && stats.engines.ready > 0;
    const reference = stats?.model?.model ?? (problem === undefined ? 'no model yet' : problem.message);
    put(
      vitals,
      h(
        'span',
        { class: 'model', title: reference },
        h('i', { class: `dot ${isUp ? 'up' : problem === undefined ? '' : 'down'}` }),
        reference,
      ),
      h('span', { class: 'wide muted' }, `${figure(point === undefined ? null : point.answered)} req/s`),
      h('span', { class: 'wide muted' }, `p99 ${duration(point?.p99)}`),
    );
  });
}

/**
 * A line under the bar while a model changes, whatever one looks at.
 * @param {HTMLElement} strip
 * @param {HTMLElement} news is read out when something new is in it
 */
export function showStrip(strip, news) {
  operations.watch(([latest]) => {
    const told = latest === undefined ? '' : newsOf(latest);
    if (told !== news.textContent) news.textContent = told;
    const isShown = latest !== undefined && isOpen(latest);
    strip.hidden = !isShown;
    if (!isShown) return;
    const { kind, model, phase, progress, probation, status } = latest;
    const done =
      progress === null || progress.total === 0
        ? ''
        : ` ${Math.floor((100 * progress.done) / progress.total)}%`;
    const where =
      probation?.state === 'running' && status === 'succeeded'
        ? `on probation: ${probation.requests} of ${probation.requests_wanted} requests, at most ${probation.seconds_left} s more`
        : status === 'waiting'
          ? 'waits for its turn'
          : `${phase}${done}`;
    put(
      strip,
      h('strong', {}, `${kind[0]?.toUpperCase()}${kind.slice(1)} to ${model}`),
      h('span', {}, where),
      h('a', { href: '#/models' }, 'Watch'),
    );
  });
}

/** A sentence for each step, for those who don't see the page. @param {import('../../page-types.ts').Operation} operation */
function newsOf({ kind, model, status, phase, probation }) {
  const state = probation === null || status !== 'succeeded' ? status : `probation ${probation.state}`;
  return `${kind} to ${model}: ${status === 'running' ? phase : state}`;
}
