import { h } from '../../lib/dom.js';
import { duration, plural, shortDigest } from '../../lib/format.js';
import { textOf } from './documents.js';
import { rankingList } from './ranking.js';

/** @typedef {import('./documents.js').Document} Document */
/** @typedef {import('../../../page-types.ts').Answer} Answer */
/** @typedef {import('../../../page-types.ts').SideBySide} SideBySide */
/** @typedef {import('../../../page-types.ts').SideAnswer} SideAnswer */

/** @typedef {{ readonly tokenization: number, readonly queue: number, readonly inference: number }} Stages */

/**
 * The answer of one model.
 * @param {Answer} answer
 * @param {Headers} headers
 * @param {readonly Document[]} documents
 * @param {number} roundTripMs
 */
export function answerOf(answer, headers, documents, roundTripMs) {
  const header = (/** @type {string} */ name) => headers.get(name) ?? '';
  const stages = {
    tokenization: Number(header('x-tokenization-time')),
    queue: Number(header('x-queue-time')),
    inference: Number(header('x-inference-time')),
  };
  return [
    h(
      'header',
      { class: 'answer-head' },
      h('h2', { class: 'wrap' }, decoded(header('x-model'))),
      h(
        'p',
        { class: 'small muted' },
        `generation ${header('x-model-generation')} · `,
        h('code', { title: header('x-model-digest') }, shortDigest(header('x-model-digest'))),
        ` · ${plural(answer.usage.total_tokens, 'token')}`,
        answer.meta.truncated && ' · cut to the longest that the model takes',
      ),
    ),
    rankingList(
      answer.results.map(({ index, relevance_score }) => ({
        index,
        text: textOf(documents[index] ?? ''),
        bars: [{ value: relevance_score, tone: 'accent' }],
      })),
    ),
    timings(stages, Number(header('x-total-time')), roundTripMs),
  ];
}

const ROLES = { current: 'serves now', standby: 'served before', candidate: 'may serve next' };

/**
 * The answers of two models, in the order of the newer one.
 * @param {SideBySide} result
 * @param {readonly Document[]} documents
 * @param {{ readonly topN: number | undefined, readonly raw: boolean }} options
 */
export function bothAnswers({ models, agreement }, documents, { topN, raw }) {
  const [current, other] = models;
  const [older, newer] = other.role === 'candidate' ? [current, other] : [other, current];
  const figures = (/** @type {SideAnswer} */ side) => (raw ? side.logits : side.scores);
  const placeBefore = new Map(older.order.map((index, place) => [index, place]));
  return [
    h(
      'header',
      { class: 'answer-head' },
      h(
        'h2',
        {},
        agreement.same_best ? 'Both name the same best document' : 'They disagree on the best document',
      ),
      h(
        'p',
        { class: 'small muted figures' },
        `Kendall tau ${agreement.kendall_tau.toFixed(3)}: 1 is the same order, −1 the reverse`,
      ),
      h('ul', { class: 'sides' }, sideOf(newer, 'accent'), sideOf(older, 'neutral')),
    ),
    rankingList(
      newer.order.slice(0, topN).map((index, place) => ({
        index,
        text: textOf(documents[index] ?? ''),
        moved: (placeBefore.get(index) ?? place) - place,
        bars: [
          { value: figures(newer)[index] ?? null, tone: 'accent', of: newer.model },
          { value: figures(older)[index] ?? null, tone: 'neutral', of: older.model },
        ],
      })),
    ),
  ];
}

/**
 * @param {SideAnswer} side
 * @param {string} tone
 */
function sideOf({ role, model, generation, digest, ...side }, tone) {
  return h(
    'li',
    { class: 'wrap' },
    h('i', { class: `swatch ${tone}` }),
    h('b', {}, model),
    ` ${ROLES[role]} · generation ${generation} · `,
    h('code', { title: digest }, shortDigest(digest)),
    ` · ${duration(side.tokenization_ms + side.queue_ms + side.inference_ms)}`,
  );
}

/**
 * @param {Stages} stages whole milliseconds, as the headers have them
 * @param {number} totalMs
 * @param {number} roundTripMs
 */
function timings(stages, totalMs, roundTripMs) {
  const told = /** @type {const} */ ([
    ['tokenization', stages.tokenization],
    ['queue', stages.queue],
    ['inference', stages.inference],
    ['in the server', totalMs],
    ['round trip', roundTripMs],
  ]);
  return h(
    'dl',
    { class: 'timings figures' },
    told.map(([name, ms]) => h('div', {}, h('dt', {}, name), h('dd', {}, ms < 1 ? '< 1 ms' : duration(ms)))),
  );
}

/** A header holds only ASCII; the server writes the rest as a URL would. @param {string} reference */
function decoded(reference) {
  try {
    return decodeURI(reference);
  } catch {
    return reference;
  }
}
