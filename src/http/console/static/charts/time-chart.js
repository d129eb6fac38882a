import { h, put, s } from '../lib/dom.js';
import { areaPath, linear, linePath, roundUp } from './scale.js';

/** @typedef {import('../server/rates.js').Point} Point */

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {'accent' | 'other' | 'bad' | 'neutral'} tone
 * @property {'area' | 'line'} shape
 * @property {(point: Point) => number | null} value
 * @property {boolean} [isRare] nothing is drawn where it is nothing
 */

/**
 * @typedef {object} Band a stretch of time that is worth seeing
 * @property {number} from milliseconds since 1970
 * @property {number} to
 * @property {number} [moment] within it, drawn as a line
 */

/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {readonly Series[]} series
 * @property {(value: number | null | undefined) => string} format
 * @property {number} [least] the scale reaches at least so far
 * @property {number} [most] the scale is fixed
 * @property {number} [unit] the scale ends at a round number of these
 * @property {number} [height]
 */

/**
 * @typedef {object} Frame
 * @property {readonly Point[]} points
 * @property {number} from milliseconds since 1970
 * @property {number} to
 * @property {readonly Band[]} [bands]
 * @property {number} [start] times are told from here; otherwise from the end
 */

export const MARGIN = { left: 46, right: 10, top: 8, bottom: 20 };

/** Beyond this, two points are not joined: the page was not looking. */
const GAP_MS = 5_000;

/** A small chart of the last minutes, with its figures in words beside it. */
export class TimeChart {
  #options;
  #svg;
  #plot = s('g');
  #cursor = s('line', { class: 'cursor', visibility: 'hidden' });
  /** @type {HTMLElement[]} */
  #figures;
  /** @type {Frame | undefined} */
  #frame;
  /** @type {number | undefined} */
  #pointer;

  /** @param {ChartOptions} options */
  constructor(options) {
    this.#options = options;
    const height = options.height ?? 132;
    this.#svg = s('svg', { role: 'img', height, width: '100%' }, this.#plot, this.#cursor);
    this.#figures = options.series.map(() => h('b', { class: 'figures' }));
    const legend = options.series.map(({ label, tone }, index) =>
      h('li', {}, h('i', { class: `swatch ${tone}` }), label, ' ', this.#figures[index]),
    );
    this.element = h(
      'figure',
      { class: 'chart' },
      h('figcaption', {}, h('h3', {}, options.title), h('ul', { class: 'legend' }, legend)),
      this.#svg,
    );
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.#svg.addEventListener('pointermove', (event) => this.#point(event.offsetX));
    this.#svg.addEventListener('pointerleave', () => this.#point(undefined));
  }

  /** @param {Frame} frame */
  show(frame) {
    this.#frame = frame;
    this.#draw();
  }

  /** @param {number | undefined} x */
  #point(x) {
    this.#pointer = x;
    if (this.#frame) this.#tell(this.#frame);
  }

  #draw() {
    const { width, height } = this.#svg.getBoundingClientRect();
    if (this.#frame === undefined || width === 0) return;
    const { points, from, to, bands = [], start } = this.#frame;
    const { series, format, least = 0, unit = 1 } = this.#options;
    const shown = points.filter(({ time }) => time >= from && time <= to);
    const values = series.flatMap(({ value }) => shown.map(value)).filter((value) => value !== null);
    const top = this.#options.most ?? unit * roundUp(Math.max(least, ...values) / unit);
    const bottom = height - MARGIN.bottom;
    const x = linear([from, to], [MARGIN.left, width - MARGIN.right]);
    const y = linear([0, top], [bottom, MARGIN.top]);
    const clip = (/** @type {number} */ time) =>
      Math.min(width - MARGIN.right, Math.max(MARGIN.left, x(time)));
    put(
      this.#plot,
      bands.map((band) => drawBand(band, clip, bottom)),
      [0, top / 2, top].flatMap((value) => [
        s('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
        s('text', { x: MARGIN.left - 8, y: y(value) + 4, class: 'tick end' }, format(value)),
      ]),
      (start === undefined ? ticksToNow(from, to) : ticksSince(start, from, to)).map(({ at, label }) =>
        s(
          'text',
          { x: x(at), y: height - 4, class: `tick ${at >= to ? 'end' : at <= from ? '' : 'middle'}` },
          label,
        ),
      ),
      series.flatMap((one) => drawSeries(one, shown, clip, y, bottom)),
    );
    this.#tell(this.#frame);
  }

  /**
   * The figures of the moment under the pointer, or of now.
   * @param {Frame} frame
   */
  #tell({ points, from, to }) {
    const { width, height } = this.#svg.getBoundingClientRect();
    const within = points.filter(({ time }) => time >= from && time <= to);
    const pointed = this.#pointer;
    const time = linear([MARGIN.left, width - MARGIN.right], [from, to]);
    const point = pointed === undefined ? within.at(-1) : nearest(within, time(pointed));
    const { series, format, title } = this.#options;
    const told = series.map(({ value }) => (point === undefined ? format(null) : format(value(point))));
    for (const [index, element] of this.#figures.entries()) element.textContent = told[index] ?? '';
    const summary = series.map(({ label }, index) => `${label} ${told[index]}`).join(', ');
    this.#svg.setAttribute('aria-label', `${title}: ${summary}`);
    const isPointing = pointed !== undefined && point !== undefined;
    this.#cursor.setAttribute('visibility', isPointing ? 'visible' : 'hidden');
    if (!isPointing) return;
    const at = String(linear([from, to], [MARGIN.left, width - MARGIN.right])(point.time));
    for (const [name, value] of Object.entries({
      x1: at,
      x2: at,
      y1: MARGIN.top,
      y2: height - MARGIN.bottom,
    })) {
      this.#cursor.setAttribute(name, String(value));
    }
  }
}

/**
 * @param {Series} series
 * @param {readonly Point[]} points
 * @param {(time: number) => number} x
 * @param {(value: number) => number} y
 * @param {number} bottom
 */
function drawSeries({ tone, shape, value, isRare = false }, points, x, y, bottom) {
  /** @type {[number, number | null][]} */
  const places = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined && point.time - before.time > GAP_MS) places.push([x(point.time), null]);
    const around = [before, point, points[index + 1]].map((one) => (one === undefined ? 0 : value(one)));
    const isNothing = isRare && around.every((one) => one === 0);
    const height = isNothing ? null : value(point);
    places.push([x(point.time), height === null ? null : y(height)]);
  }
  return [
    shape === 'area' && s('path', { class: `area ${tone}`, d: areaPath(places, bottom) }),
    s('path', { class: `line ${tone}`, d: linePath(places) }),
  ];
}

/**
 * @param {Band} band
 * @param {(time: number) => number} x
 * @param {number} bottom
 */
function drawBand({ from, to, moment }, x, bottom) {
  const width = Math.max(1, x(to) - x(from));
  return s(
    'g',
    { class: 'band' },
    s('rect', { x: x(from), y: MARGIN.top, width, height: bottom - MARGIN.top }),
    moment !== undefined && s('line', { x1: x(moment), x2: x(moment), y1: MARGIN.top, y2: bottom }),
  );
}

/**
 * @param {number} start
 * @param {number} from
 * @param {number} to
 */
function ticksSince(start, from, to) {
  const step = roundUp((to - from) / 6);
  const count = Math.floor((to - start) / step);
  return Array.from({ length: count + 1 }, (_, index) => ({
    at: start + index * step,
    label: `${Number(((index * step) / 1000).toPrecision(3))} s`,
  })).filter(({ at }) => at >= from);
}

/**
 * Both ends and the middle, told from the end.
 * @param {number} from
 * @param {number} to
 */
function ticksToNow(from, to) {
  const seconds = Math.round((to - from) / 1000);
  return [
    { at: from, label: ago(seconds) },
    { at: (from + to) / 2, label: ago(seconds / 2) },
    { at: to, label: 'now' },
  ];
}

/**
 * @param {readonly Point[]} points
 * @param {number} time
 * @returns {Point | undefined}
 */
function nearest(points, time) {
  return points.toSorted((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0];
}

/** @param {number} seconds */
function ago(seconds) {
  return seconds >= 120 ? `−${Number((seconds / 60).toFixed(1))} min` : `−${Math.round(seconds)} s`;
}
