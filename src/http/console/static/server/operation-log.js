import { Signal } from '../lib/signal.js';
import { ApiError, ask, follow } from './api.js';
import { keys } from './keys.js';
import { live } from './live-feed.js';

/** @typedef {import('../../page-types.ts').Operation} Operation */

/**
 * Every operation that is known, the latest first.
 * @type {Signal<readonly Operation[]>}
 */
export const operations = new Signal(/** @type {readonly Operation[]} */ ([]));

/**
 * The operation whose events come in.
 * @type {string | undefined}
 */
let followed;
let needsKey = false;

/** Learns of operations from the figures, from their events, and from the server's own list. */
export function startOperationLog() {
  live.watch(({ stats }) => {
    const operation = stats?.operation;
    if (!operation) return;
    // Events come sooner than the figures.
    if (followed !== operation.id) learn(operation);
    if (isOpen(operation)) void watch(operation.id);
  });
  keys.watch(() => {
    needsKey = false;
    void loadOperations();
  });
}

/** @param {Operation} operation */
export function learn(operation) {
  const others = operations.value.filter(({ id }) => id !== operation.id);
  operations.set([operation, ...others].toSorted((a, b) => b.started_at.localeCompare(a.started_at)));
}

/** True until nothing about it will change any more. @param {Operation} operation */
export function isOpen({ status, probation }) {
  return status === 'running' || status === 'waiting' || probation?.state === 'running';
}

/** Without the admin key there is only what the figures tell. */
async function loadOperations() {
  try {
    const { body } = await ask('update', { admin: true });
    const listed = /** @type {Operation[]} */ (body.operations);
    const known = new Set(listed.map(({ id }) => id));
    operations.set([...listed, ...operations.value.filter(({ id }) => !known.has(id))]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/**
 * Follows the events of an operation. When they can't be had, the figures must do.
 * @param {string} id
 */
async function watch(id) {
  if (followed !== undefined || needsKey) return;
  followed = id;
  try {
    await follow(id, new AbortController().signal, learn);
  } catch (error) {
    needsKey = error instanceof ApiError && error.needsKey;
  } finally {
    followed = undefined;
  }
}
