import { Signal } from '../lib/signal.js';
import { ApiError, ask } from './api.js';
import { keys } from './keys.js';
import { pointOf } from './rates.js';

/** @typedef {import('../../page-types.ts').Stats} Stats */
/** @typedef {import('./rates.js').Point} Point */

/**
 * @typedef {object} Live
 * @property {Stats | undefined} stats the last look
 * @property {readonly Point[]} points the last minutes
 * @property {ApiError | undefined} problem why there is nothing new
 */

const USUAL_MS = 1_000;
/** While a model changes, everything is worth seeing. */
const CHANGING_MS = 400;
const AFTER_FAILURE_MS = 3_000;
const KEPT_MS = 15 * 60_000;
/** Looks that quantiles may go back to. */
const KEPT_SAMPLES = 16;

/** @type {Live} */
const nothingYet = { stats: undefined, points: [], problem: undefined };

export const live = new Signal(nothingYet);

/** @type {Stats[]} */
let samples = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {AbortController | undefined} */
let asking;

/** Looks at the server again and again, as long as somebody looks at the page. */
export function startLiveFeed() {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop();
    else void look();
  });
  keys.watch(() => {
    if (!document.hidden) void look();
  });
}

function stop() {
  clearTimeout(timer);
  asking?.abort();
}

async function look() {
  stop();
  asking = new AbortController();
  const { signal } = asking;
  let waitMs = AFTER_FAILURE_MS;
  try {
    const { body } = await ask('ui/stats', { signal });
    take(body);
    waitMs = isChanging(body) ? CHANGING_MS : USUAL_MS;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    live.set({ ...live.value, problem: error });
    // Without a key there is nothing to see until one is given.
    if (error.needsKey) return;
  }
  if (!document.hidden) timer = setTimeout(() => void look(), waitMs);
}

/** @param {Stats} stats */
function take(stats) {
  samples = [...samples, stats].slice(-KEPT_SAMPLES);
  const point = pointOf(samples);
  const points = point === undefined ? live.value.points : [...live.value.points, point];
  live.set({ stats, points: points.filter(({ time }) => stats.time - time <= KEPT_MS), problem: undefined });
}

/** @param {Stats} stats */
function isChanging({ operation, time }) {
  if (operation === null) return false;
  const isOpen = operation.status === 'running' || operation.status === 'waiting';
  // What comes right after a swap belongs to the picture.
  return isOpen || time - Date.parse(operation.started_at) < 30_000;
}
