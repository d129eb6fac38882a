import { h, put } from '../../lib/dom.js';
import { ask } from '../../server/api.js';
import { learn } from '../../server/operation-log.js';
import { showProblem } from '../notice.js';

/** Limits that an update may set, as the server calls them. */
const GATES = /** @type {const} */ ([
  ['minKendallTau', 'Kendall tau, at least', '-1 to 1', { min: -1, max: 1 }],
  ['minTop1Overlap', 'Same best document, at least', 'share, 0 to 1', { min: 0, max: 1 }],
  ['maxThresholdCrossing', 'Crossing the threshold, at most', 'share, 0 to 1', { min: 0, max: 1 }],
  ['maxLatencyRatio', 'Time, at most', 'times the old one', { min: 0 }],
]);

/**
 * Starts a change of the model.
 * @returns {{ element: HTMLElement, offer: (available: readonly string[]) => void }}
 */
export function updateForm() {
  const list = h('datalist', { id: 'available' });
  const reference = h('input', {
    id: 'reference',
    list: 'available',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'local://my-reranker, or org/name@revision',
  });
  const mode = choice('mode', ['auto', 'beside', 'hold']);
  const dtype = choice('dtype', ['', 'auto', 'fp32', 'fp16', 'int8']);
  const dryRun = h('input', { type: 'checkbox', id: 'dry-run' });
  const force = h('input', { type: 'checkbox', id: 'force' });
  const gates = GATES.map(([name, label, hint, range]) => ({
    name,
    label,
    hint,
    input: numberInput(name, range),
  }));
  const shadowPercent = numberInput('shadow-percent', { min: 0.001, max: 100 });
  const shadowRequests = numberInput('shadow-requests', { min: 1, step: 1 });
  const probationRequests = numberInput('probation-requests', { min: 0, step: 1 });
  const probationSeconds = numberInput('probation-seconds', { min: 0, step: 1 });
  const button = h('button', { class: 'primary' });
  const problem = h('div', {});

  const name = () => put(button, dryRun.checked ? 'Try it without a swap' : 'Change the model');
  dryRun.addEventListener('change', name);
  name();

  /** @param {Event} event */
  const onSubmit = async (event) => {
    event.preventDefault();
    showProblem(problem, undefined);
    button.disabled = true;
    try {
      const body = {
        model_path: reference.value.trim(),
        mode: mode.value,
        ...(dtype.value !== '' && { dtype: dtype.value }),
        dry_run: dryRun.checked,
        force: force.checked,
        ...numbers(
          'gates',
          gates.map(({ name: gate, input }) => [gate, input]),
        ),
        ...numbers('shadow', [
          ['percent', shadowPercent],
          ['requests', shadowRequests],
        ]),
        ...numbers('probation', [
          ['requests', probationRequests],
          ['seconds', probationSeconds],
        ]),
      };
      const answer = await ask('update', {
        method: 'POST',
        admin: true,
        body,
        headers: { Prefer: 'respond-async' },
      });
      learn(answer.body.operation);
    } catch (error) {
      showProblem(problem, error);
    } finally {
      button.disabled = false;
    }
  };

  const element = h(
    'form',
    { class: 'panel change', on: { submit: onSubmit } },
    h('h2', {}, 'Change the model'),
    h('div', { class: 'field' }, h('label', { for: 'reference' }, 'Model'), reference, list),
    h(
      'div',
      { class: 'pair' },
      h('div', { class: 'field' }, h('label', { for: 'mode' }, 'Mode'), mode),
      h('div', { class: 'field' }, h('label', { for: 'dtype' }, 'Precision'), dtype),
    ),
    h('label', { class: 'check small' }, dryRun, 'Dry run: everything but the swap'),
    h('label', { class: 'check small' }, force, 'Force: even if it does not pass its checks'),
    h(
      'details',
      {},
      h('summary', {}, 'Gates, shadow and probation'),
      h('p', { class: 'hint' }, 'Empty means what the settings of the server say.'),
      h(
        'div',
        { class: 'pair' },
        gates.map(({ label, hint, input }) => labelled(label, hint, input)),
        labelled('Shadow', '% of live requests', shadowPercent),
        labelled('Shadow requests', 'until it is enough', shadowRequests),
        labelled('Probation requests', '0 for no probation', probationRequests),
        labelled('Probation seconds', 'at most', probationSeconds),
      ),
    ),
    h('div', {}, button),
    problem,
  );
  return {
    element,
    offer: (available) =>
      put(
        list,
        available.map((value) => h('option', { value })),
      ),
  };
}

/**
 * A field of the body with those numbers that were given, if any.
 * @param {string} field
 * @param {readonly (readonly [name: string, input: HTMLInputElement])[]} inputs
 */
function numbers(field, inputs) {
  const given = inputs.filter(([, { value }]) => value !== '');
  return given.length === 0
    ? {}
    : { [field]: Object.fromEntries(given.map(([name, { value }]) => [name, Number(value)])) };
}

/**
 * @param {string} id
 * @param {readonly string[]} values
 */
function choice(id, values) {
  return h(
    'select',
    { id },
    values.map((value) => h('option', { value }, value === '' ? 'as set' : value)),
  );
}

/**
 * @param {string} id
 * @param {object} range
 */
function numberInput(id, range) {
  return h('input', { id, type: 'number', step: 'any', 'aria-describedby': `${id}-hint`, ...range });
}

/**
 * @param {string} label
 * @param {string} hint
 * @param {HTMLInputElement} input
 */
function labelled(label, hint, input) {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: input.id }, label),
    input,
    h('span', { class: 'hint', id: `${input.id}-hint` }, hint),
  );
}
