import { h } from '../../lib/dom.js';
import { score } from '../../lib/format.js';

/**
 * @typedef {object} Bar
 * @property {number | null} value
 * @property {'accent' | 'neutral'} tone
 * @property {string} [of] whose it is, where there are two
 */

/**
 * @typedef {object} Row
 * @property {number} index where the document stood in the request
 * @property {string} text
 * @property {readonly Bar[]} bars
 * @property {number} [moved] places up since the other model; down below 0
 */

/**
 * Documents from the best to the worst.
 * @param {readonly Row[]} rows
 */
export function rankingList(rows) {
  const values = rows
    .flatMap(({ bars }) => bars.map(({ value }) => value ?? Number.NaN))
    .filter(Number.isFinite);
  // Scores from 0 to 1 as they are; logits from the least to the greatest.
  const isShare = values.every((value) => value >= 0 && value <= 1);
  const [low, high] = isShare ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const share = (/** @type {number | null} */ value) =>
    value === null ? 0 : (value - low) / (high - low || 1);
  return h(
    'ol',
    { class: 'ranking' },
    rows.map(({ index, text, bars, moved }, place) =>
      h(
        'li',
        {},
        h('span', { class: 'place figures', 'aria-hidden': 'true' }, place + 1),
        h(
          'div',
          { class: 'document' },
          h('p', { class: 'wrap' }, text),
          h(
            'span',
            { class: 'origin' },
            h('span', { title: 'Where it stood in the request' }, `index ${index}`),
            moved !== undefined && movement(moved),
          ),
        ),
        h(
          'div',
          { class: 'bars' },
          bars.map(({ value, tone, of }) =>
            h(
              'div',
              { class: 'bar-line' },
              h(
                'span',
                { class: 'bar', 'aria-hidden': 'true' },
                h('i', { class: tone, style: { width: `${(100 * share(value)).toFixed(2)}%` } }),
              ),
              of !== undefined && h('span', { class: 'hidden-text' }, of),
              h('span', { class: `figures ${tone}` }, score(value)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {number} places */
function movement(places) {
  if (places === 0) return h('span', {}, 'same place');
  const direction = places > 0 ? 'up' : 'down';
  return h('span', { class: direction }, `${places > 0 ? '↑' : '↓'} ${Math.abs(places)} ${direction}`);
}
