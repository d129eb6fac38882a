import { Signal } from '../lib/signal.js';

const STORED = { api: 'rerankd.api-key', admin: 'rerankd.admin-key' };

/**
 * The keys of the person at this tab. They live in its session storage: gone with the tab, in no other one, and in no URL.
 * @type {Signal<{ readonly api: string, readonly admin: string }>}
 */
export const keys = new Signal(read());

/** @param {{ readonly api: string, readonly admin: string }} given empty means none */
export function keep(given) {
  for (const kind of /** @type {const} */ (['api', 'admin'])) {
    if (given[kind] === '') sessionStorage.removeItem(STORED[kind]);
    else sessionStorage.setItem(STORED[kind], given[kind]);
  }
  keys.set(read());
}

function read() {
  return {
    api: sessionStorage.getItem(STORED.api) ?? '',
    admin: sessionStorage.getItem(STORED.admin) ?? '',
  };
}
