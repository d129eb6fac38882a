/** @typedef {import('../../page-types.ts').Operation} Operation */

/**
 * @typedef {object} Stretch
 * @property {string} phase
 * @property {number} from milliseconds since 1970
 * @property {number} to
 * @property {number} ms
 * @property {'prepare' | 'load' | 'check' | 'swap' | 'after'} tone
 */

/** @type {Readonly<Record<string, Stretch['tone']>>} */
const TONES = {
  resolve: 'prepare',
  fetch: 'prepare',
  verify: 'prepare',
  compile: 'prepare',
  stage: 'prepare',
  load: 'load',
  warm: 'load',
  check: 'check',
  shadow: 'check',
  swap: 'swap',
  persist: 'after',
  drain: 'after',
  release: 'after',
  probation: 'after',
};

/** What an administrator wants to know a phase does. @type {Readonly<Record<string, string>>} */
export const MEANINGS = {
  resolve: 'finds the model and looks at its files',
  fetch: 'takes a private copy of it',
  verify: 'looks at the copy once more',
  compile: 'writes the graph that engines load',
  stage: 'starts what can be started beside the old model',
  load: 'starts engine processes with it',
  warm: 'runs each engine once',
  check: 'looks at its scores, and compares them',
  shadow: 'has it score live requests',
  swap: 'moves new requests over',
  persist: 'writes down what serves',
  drain: 'waits for requests on the old model',
  release: 'ends the old model, or keeps it at hand',
  probation: 'watches it serve',
};

/**
 * When each phase was, one after the other since the start.
 * @param {Operation} operation
 * @returns {Stretch[]}
 */
export function stretches({ started_at, phases }) {
  let from = Date.parse(started_at);
  return phases.map(({ phase, ms }) => {
    const stretch = { phase, from, to: from + ms, ms, tone: TONES[phase] ?? 'prepare' };
    from += ms;
    return stretch;
  });
}

/**
 * From its start to the end of the work, and when the models took turns. The probation after it is left out: it may take hours.
 * @param {Operation} operation
 * @returns {{ from: number, to: number, moment?: number }}
 */
export function extent(operation) {
  const work = stretches(operation).filter(({ phase }) => phase !== 'probation');
  const from = Date.parse(operation.started_at);
  const swap = work.find(({ phase }) => phase === 'swap');
  return { from, to: work.at(-1)?.to ?? from, ...(swap !== undefined && { moment: swap.to }) };
}

/** All of the work, in milliseconds. @param {Operation} operation */
export function workMs(operation) {
  const { from, to } = extent(operation);
  return to - from;
}
