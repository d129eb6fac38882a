import { h } from '../../lib/dom.js';
import { bytes, duration, percent, plural } from '../../lib/format.js';

/** @typedef {import('../../../page-types.ts').Operation} Operation */
/** @typedef {import('../../../page-types.ts').GateReport} GateReport */
/** @typedef {import('../../../page-types.ts').RankAgreement} RankAgreement */

/**
 * What an operation found, as tables.
 * @param {Operation} operation
 */
export function reportOf(operation) {
  const { error, warnings, checks, shadow } = operation;
  return [
    error !== null &&
      h(
        'div',
        { class: 'notice', role: 'alert' },
        h(
          'strong',
          {},
          `It ${operation.status === 'cancelled' ? 'was cancelled' : 'did not change the model'}`,
        ),
        error,
      ),
    warnings.length > 0 &&
      h(
        'ul',
        { class: 'warnings small' },
        warnings.map((warning) => h('li', { class: 'wrap' }, warning)),
      ),
    factsOf(operation),
    checks !== null && checksOf(checks),
    checks?.comparison &&
      comparisonOf(checks.comparison, checks.limits ?? {}, `Compared with ${checks.compared_with}`),
    shadow?.comparison &&
      comparisonOf(shadow.comparison, {}, `On ${plural(shadow.requests, 'live request')}`),
  ];
}

/** @param {Operation} operation */
function factsOf({ mode, lock_held_ms, held_requests, memory, probation, by, dry_run, forced }) {
  /** @type {(readonly [string, string])[]} */
  const facts = [
    ...(mode === null ? [] : [/** @type {const} */ (['Mode', mode.why])]),
    ...(lock_held_ms === null
      ? []
      : [/** @type {const} */ (['No request could begin for', duration(lock_held_ms)])]),
    ...(held_requests ? [/** @type {const} */ (['Requests that waited for it', String(held_requests)])] : []),
    ...(memory === null
      ? []
      : [
          /** @type {const} */ ([
            'Memory',
            `${bytes(memory.before_bytes)} before, ${bytes(memory.after_bytes)} after`,
          ]),
        ]),
    ...(memory === null || memory.gpu_before_bytes === null || memory.gpu_after_bytes === null
      ? []
      : [
          /** @type {const} */ ([
            'GPU memory',
            `${bytes(memory.gpu_before_bytes)} before, ${bytes(memory.gpu_after_bytes)} after`,
          ]),
        ]),
    ...(probation === null ? [] : [/** @type {const} */ (['Probation', probationText(probation)])]),
    ['Asked for by', by],
    ...(dry_run ? [/** @type {const} */ (['Dry run', 'nothing was swapped'])] : []),
    ...(forced ? [/** @type {const} */ (['Forced', 'checks could not stop it'])] : []),
  ];
  return h(
    'dl',
    { class: 'facts small' },
    facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { class: 'wrap figures' }, value))),
  );
}

/** @param {NonNullable<Operation['probation']>} probation */
function probationText({ state, requests, requests_wanted, seconds_left, reason }) {
  if (state === 'running')
    return `${requests} of ${requests_wanted} requests, at most ${seconds_left} s more`;
  return `${state.replace('_', ' ')} after ${plural(requests, 'request')}${reason === null ? '' : `: ${reason}`}`;
}

/** @param {GateReport} report */
function checksOf({ checks, passed, forced }) {
  return h(
    'div',
    {},
    h(
      'h3',
      { class: passed ? 'good' : 'bad' },
      passed ? `All ${checks.length} checks passed` : forced ? 'Let through by force' : 'It did not pass',
    ),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'checks' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Check', 'Result', 'Finding', 'Time'].map((name) =>
              h('th', { scope: 'col', class: name === 'Time' ? 'number' : '' }, name),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          checks.map(({ name, passed: isGood, message, ms }) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, name),
              h('td', { class: isGood ? 'good' : 'bad' }, isGood ? '✓ passed' : '✗ failed'),
              h('td', { class: 'wrap' }, message),
              h('td', { class: 'number' }, duration(ms)),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {RankAgreement & { latencyRatio?: number }} found
 * @param {Readonly<Record<string, number | undefined>>} limits
 * @param {string} title
 */
function comparisonOf(found, limits, title) {
  const limit = (
    /** @type {string} */ name,
    /** @type {string} */ word,
    /** @type {(value: number) => string} */ show,
  ) => {
    const value = limits[name];
    return value === undefined ? '' : `${word} ${show(value)}`;
  };
  const rows = [
    ['Kendall tau, mean', plain(found.kendallTau), limit('minKendallTau', 'at least', plain)],
    ['The same best document', share(found.top1Overlap), limit('minTop1Overlap', 'at least', share)],
    [`The same best ${found.topK}`, share(found.topKOverlap), ''],
    [
      `Crossing the score of ${found.threshold}`,
      share(found.thresholdCrossing),
      limit('maxThresholdCrossing', 'at most', share),
    ],
    ['Score drift, mean and greatest', `${plain(found.meanScoreDrift)}, ${plain(found.maxScoreDrift)}`, ''],
    ...(found.latencyRatio === undefined
      ? []
      : [
          [
            'Time, as a multiple',
            `${plain(found.latencyRatio)} ×`,
            limit('maxLatencyRatio', 'at most', plain),
          ],
        ]),
  ];
  return h(
    'div',
    {},
    h('h3', { class: 'wrap' }, title),
    h(
      'p',
      { class: 'hint' },
      `${plural(found.queries, 'query').replace('querys', 'queries')}, ${plural(found.documents, 'document')}`,
    ),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Figure'),
            h('th', { scope: 'col', class: 'number' }, 'Found'),
            h('th', { scope: 'col', class: 'number' }, 'Limit'),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map(([name, value, bound]) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, name),
              h('td', { class: 'number' }, value),
              h('td', { class: 'number muted' }, bound),
            ),
          ),
        ),
      ),
    ),
  );
}

/** JSON has no infinity. @param {number | null} value */
function plain(value) {
  return value === null ? 'infinite' : value.toFixed(3);
}

/** @param {number | null} value */
function share(value) {
  return value === null ? 'infinite' : percent(value);
}
