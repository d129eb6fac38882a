import { put, s } from '../lib/dom.js';
import { duration } from '../lib/format.js';
import { stretches } from './phases.js';
import { linear } from './scale.js';
import { MARGIN } from './time-chart.js';

/** @typedef {import('../../page-types.ts').Operation} Operation */

const HEIGHT = 30;
const ROOM_FOR_A_NAME = 7;
/** What takes no time at all is seen all the same. */
const LEAST_WIDTH = 2;

/** The phases of an operation in true proportion, on the same scale of time as the charts below it. */
export class PhaseBar {
  element = s('svg', { class: 'phase-bar', role: 'img', width: '100%', height: HEIGHT });

  /**
   * @param {Operation} operation
   * @param {number} from milliseconds since 1970
   * @param {number} to
   */
  show(operation, from, to) {
    const { width } = this.element.getBoundingClientRect();
    if (width === 0) return;
    const x = linear([from, to], [MARGIN.left, width - MARGIN.right]);
    const phases = stretches(operation);
    const right = width - MARGIN.right;
    const parts = phases.map(({ phase, tone, ms, ...stretch }) => {
      const start = x(stretch.from);
      const length = Math.max(LEAST_WIDTH, Math.min(right, x(stretch.to)) - start - 1);
      const hasRoom = length > phase.length * ROOM_FOR_A_NAME + 8;
      return [
        s(
          'rect',
          { class: `phase ${tone}`, x: start, y: 4, width: length, height: HEIGHT - 8, rx: 2 },
          s('title', {}, `${phase} ${duration(ms)}`),
        ),
        hasRoom &&
          s('text', { class: `phase-name ${tone}`, x: start + length / 2, y: HEIGHT / 2 + 4 }, phase),
      ];
    });
    put(this.element, parts.flat());
    const summary = phases.map(({ phase, ms }) => `${phase} ${duration(ms)}`).join(', ');
    this.element.setAttribute('aria-label', `Phases: ${summary}`);
  }
}
