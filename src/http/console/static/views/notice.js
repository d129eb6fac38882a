import { h, put } from '../lib/dom.js';
import { ApiError } from '../server/api.js';
import { askForKeys } from './key-dialog.js';

/**
 * Says what went wrong, and offers the key dialog where a key would help.
 * @param {HTMLElement} place
 * @param {unknown} error undefined takes the notice away
 */
export function showProblem(place, error) {
  const { message } = /** @type {Partial<Error>} */ (error ?? {});
  // A notice that is written again would be read out again.
  if (message === place.dataset.told) return;
  if (message === undefined) {
    delete place.dataset.told;
    put(place);
    return;
  }
  place.dataset.told = message;
  const { detail, needsKey, wanted } =
    error instanceof ApiError ? error : { detail: undefined, needsKey: false, wanted: undefined };
  put(
    place,
    h(
      'div',
      { class: 'notice', role: 'alert' },
      h('strong', {}, message),
      detail,
      needsKey &&
        h(
          'div',
          {},
          h(
            'button',
            { type: 'button', on: { click: () => askForKeys() } },
            wanted === 'admin' ? 'Enter the admin key' : 'Enter a key',
          ),
        ),
    ),
  );
}
