import { h } from '../lib/dom.js';
import { keep, keys } from '../server/keys.js';

/** Asks for the keys of this tab. */
export function askForKeys() {
  const { api, admin } = keys.value;
  const apiInput = keyInput('api-key', api);
  const adminInput = keyInput('admin-key', admin);
  const close = () => dialog.close();
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'keys-title', on: { close: () => dialog.remove() } },
    h(
      'form',
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            keep({ api: apiInput.value.trim(), admin: adminInput.value.trim() });
            close();
          },
        },
      },
      h('h2', { id: 'keys-title' }, 'Keys'),
      h('p', { class: 'muted small' }, 'Kept in this tab until it is closed, and sent in a header only.'),
      field('API key', 'RERANK_API_KEY: asking, and looking at figures', apiInput),
      field(
        'Admin key',
        'RERANK_ADMIN_KEY: changing the model. It opens everything else as well',
        adminInput,
      ),
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', class: 'quiet', on: { click: close } }, 'Cancel'),
        h('button', { class: 'primary' }, 'Keep'),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {string} id
 * @param {string} value
 */
function keyInput(id, value) {
  const input = h('input', {
    id,
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-hint`,
  });
  input.value = value;
  return input;
}

/**
 * @param {string} label
 * @param {string} hint
 * @param {HTMLInputElement} input
 */
function field(label, hint, input) {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: input.id }, label),
    input,
    h('span', { class: 'hint', id: `${input.id}-hint` }, hint),
  );
}
