/** @typedef {import('../../page-types.ts').Stats} Stats */

/**
 * @typedef {object} Point what happened between two looks at the server; null where nothing can be said
 * @property {number} time milliseconds since 1970, by the server's clock
 * @property {number} answered a second
 * @property {number} failed a second: the server's fault
 * @property {number} refused a second: told when to come back
 * @property {number | null} p50 milliseconds
 * @property {number | null} p99 milliseconds
 * @property {number} waiting requests inside
 * @property {number} queuedPairs
 * @property {number | null} busy share of the engines' time, 0 to 1
 * @property {number | null} pairsPerBatch
 * @property {number | null} cacheHits share, 0 to 1
 * @property {number} serverBytes
 * @property {number} modelBytes
 * @property {number} secondBytes
 */

/** Quantiles of one second alone would jump about. */
const QUANTILE_WINDOW_MS = 5_000;

/**
 * What happened since the look before.
 * @param {readonly Stats[]} samples the last one is now; a few before it
 * @returns {Point | undefined} undefined for the first look, and after the server has started anew
 */
export function pointOf(samples) {
  const now = samples.at(-1);
  const before = samples.at(-2);
  if (now === undefined || before === undefined || isRestart(before, now)) return undefined;
  const seconds = (now.time - before.time) / 1000;
  if (!(seconds > 0)) return undefined;
  const batches = now.batches.count - before.batches.count;
  const lookups = now.cache.lookups - before.cache.lookups;
  const engineSeconds = seconds * now.engines.ready;
  const since = samples.find(
    (sample) => now.time - sample.time <= QUANTILE_WINDOW_MS && !isRestart(sample, now),
  );
  const latency = latencySince(since === now || since === undefined ? before : since, now);
  /** @param {keyof Stats['requests']} outcome */
  const rate = (outcome) => (now.requests[outcome] - before.requests[outcome]) / seconds;
  return {
    time: now.time,
    answered: rate('answered'),
    failed: rate('failed'),
    refused: rate('refused'),
    p50: quantile(latency, 0.5),
    p99: quantile(latency, 0.99),
    waiting: now.queue.requests,
    queuedPairs: now.queue.pairs,
    busy:
      engineSeconds > 0 ? Math.min(1, (now.batches.seconds - before.batches.seconds) / engineSeconds) : null,
    pairsPerBatch: batches > 0 ? (now.batches.pairs - before.batches.pairs) / batches : null,
    cacheHits: lookups > 0 ? (now.cache.hits - before.cache.hits) / lookups : null,
    serverBytes: now.memory.server_bytes,
    modelBytes: now.memory.model_bytes,
    secondBytes: now.memory.second_bytes,
  };
}

/**
 * A counter that goes back belongs to another process.
 * @param {Stats} before
 * @param {Stats} now
 */
function isRestart(before, now) {
  return now.latency.count < before.latency.count || now.batches.count < before.batches.count;
}

/**
 * @typedef {object} Latency
 * @property {readonly number[]} bounds seconds
 * @property {readonly number[]} cumulative observations up to each bound
 * @property {number} count of all, also beyond the last bound
 */

/**
 * @param {Stats} before
 * @param {Stats} now
 * @returns {Latency}
 */
function latencySince({ latency: before }, { latency: now }) {
  const earlier = new Map(before.bounds.map((bound, index) => [bound, before.cumulative[index] ?? 0]));
  return {
    bounds: now.bounds,
    cumulative: now.bounds.map((bound, index) => (now.cumulative[index] ?? 0) - (earlier.get(bound) ?? 0)),
    count: now.count - before.count,
  };
}

/**
 * As Prometheus' histogram_quantile does: straight within a bucket; what is beyond the last bound counts as that bound.
 * @param {Latency} latency
 * @param {number} share
 * @returns {number | null} milliseconds
 */
export function quantile({ bounds, cumulative, count }, share) {
  if (count <= 0 || bounds.length === 0) return null;
  const rank = share * count;
  const index = cumulative.findIndex((total) => total >= rank);
  if (index === -1) return 1000 * /** @type {number} */ (bounds.at(-1));
  const [low, high] = [
    index === 0 ? 0 : /** @type {number} */ (bounds[index - 1]),
    /** @type {number} */ (bounds[index]),
  ];
  const [below, upTo] = [
    index === 0 ? 0 : /** @type {number} */ (cumulative[index - 1]),
    /** @type {number} */ (cumulative[index]),
  ];
  return 1000 * (upTo === below ? high : low + ((high - low) * (rank - below)) / (upTo - below));
}
