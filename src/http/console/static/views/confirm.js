import { h } from '../lib/dom.js';

/**
 * Asks before something that others will notice.
 * @param {string} question
 * @param {string} consequence
 * @param {string} verb of the button
 * @returns {Promise<boolean>}
 */
export function confirm(question, consequence, verb) {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      {
        'aria-labelledby': 'confirm-title',
        on: { close: () => (dialog.remove(), resolve(dialog.returnValue === 'yes')) },
      },
      h(
        'form',
        {
          class: 'stack',
          on: { submit: (event) => (event.preventDefault(), dialog.close(event.submitter.value)) },
        },
        h('h2', { id: 'confirm-title', class: 'wrap' }, question),
        h('p', { class: 'muted small' }, consequence),
        h(
          'div',
          { class: 'row' },
          h('button', { class: 'quiet', value: 'no' }, 'Cancel'),
          h('button', { class: 'primary', value: 'yes' }, verb),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
