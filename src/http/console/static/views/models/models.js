import { extent, stretches, workMs } from '../../charts/phases.js';
import { h, put } from '../../lib/dom.js';
import { duration, moment, shortDigest } from '../../lib/format.js';
import { ApiError, ask } from '../../server/api.js';
import { keys } from '../../server/keys.js';
import { live } from '../../server/live-feed.js';
import { isOpen, learn, operations } from '../../server/operation-log.js';
import { confirm } from '../confirm.js';
import { showProblem } from '../notice.js';
import { OperationView, outcomeBadge } from './operation-view.js';
import { updateForm } from './update-form.js';

/** @typedef {import('../../../page-types.ts').ModelList} ModelList */
/** @typedef {import('../../../page-types.ts').Operation} Operation */

/** Change the model, and see how that went. */
export function modelsView() {
  const serving = h('dl', { class: 'facts small' });
  const problem = h('div', {});
  const form = updateForm();
  const view = new OperationView();
  const past = h('div', { class: 'scroll' });
  const history = h('div', { class: 'scroll' });
  /** The one that is looked at; undefined follows the latest. @type {string | undefined} */
  let chosen;

  /**
   * @param {string | undefined} to a digest; undefined is the model before this one
   * @param {string} name
   */
  const goBack = async (to, name) => {
    const isSure = await confirm(
      `Go back to ${name}?`,
      'Requests in flight end on the model that they began on. None is dropped.',
      'Go back',
    );
    if (!isSure) return;
    showProblem(problem, undefined);
    try {
      const body = to === undefined ? {} : { to };
      learn(
        (await ask('rollback', { method: 'POST', admin: true, body, headers: { Prefer: 'respond-async' } }))
          .body.operation,
      );
      chosen = undefined;
    } catch (error) {
      showProblem(problem, error);
    }
  };

  const load = async () => {
    try {
      const { body } = await ask('models');
      form.offer(body.available);
      put(history, historyTable(body, goBack));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      put(history, h('p', { class: 'muted small' }, error.message));
    }
  };

  let listed = '';
  let shown = '';
  live.watch(({ stats }) => {
    put(serving, servingFacts(stats));
    // The list of models changes with the model, and with every end of an operation.
    const now = `${stats?.model?.digest} ${stats?.model?.generation} ${stats?.operation?.id} ${stats?.operation?.status}`;
    if (stats !== undefined && now !== shown) void load();
    shown = now;
  });
  keys.watch(() => void load());
  operations.watch((all) => {
    const latest = all[0];
    if (latest !== undefined && isOpen(latest) && latest.status !== 'succeeded') chosen = undefined;
    const looked = all.find(({ id }) => id === chosen) ?? latest;
    if (looked !== undefined) view.show(looked);
    // Somebody may be on their way through it with the keyboard: it is written anew only when something else is in it.
    const rows = all.map(({ id, status, phase, probation }) => [
      id,
      status,
      phase,
      probation?.state,
      id === looked?.id,
    ]);
    if (JSON.stringify(rows) === listed) return;
    listed = JSON.stringify(rows);
    put(
      past,
      pastTable(all, looked?.id, (id) => {
        chosen = id;
        operations.set(operations.value);
      }),
    );
  });

  return h(
    'section',
    { class: 'view', 'aria-labelledby': 'models-title' },
    h(
      'header',
      {},
      h('h1', { id: 'models-title' }, 'Models'),
      h(
        'p',
        { class: 'lead' },
        'Change the model while others keep asking. Whatever fails before the swap leaves the old one serving.',
      ),
    ),
    problem,
    h(
      'div',
      { class: 'models' },
      h(
        'div',
        { class: 'side' },
        h(
          'section',
          { class: 'panel' },
          h('h2', {}, 'Serving'),
          serving,
          h(
            'div',
            { class: 'row' },
            h(
              'button',
              { type: 'button', on: { click: () => goBack(undefined, 'the model before') } },
              'Roll back',
            ),
          ),
        ),
        form.element,
      ),
      h(
        'div',
        { class: 'main' },
        view.element,
        h('section', { class: 'panel' }, h('h2', {}, 'Past changes'), past),
        h('section', { class: 'panel' }, h('h2', {}, 'Good models'), history),
      ),
    ),
  );
}

/** @param {import('../../../page-types.ts').Stats | undefined} stats */
function servingFacts(stats) {
  const { model, second_model: second } = stats ?? {};
  if (!model) return h('p', { class: 'muted' }, 'No model is loaded.');
  /** @type {(readonly [string, string, string?])[]} */
  const facts = [
    ['Model', model.model ?? ''],
    ['Digest', shortDigest(model.digest), model.digest],
    ['Generation', `${model.generation} · ${model.dtype} · ${model.device}`],
    ...(second
      ? [/** @type {const} */ ([second.role === 'standby' ? 'At hand' : 'Candidate', second.model ?? ''])]
      : []),
  ];
  return facts.map(([name, value, title]) =>
    h(
      'div',
      {},
      h('dt', {}, name),
      h('dd', { class: `wrap ${name === 'Digest' ? 'mono' : ''}`, title }, value),
    ),
  );
}

/**
 * @param {readonly Operation[]} all
 * @param {string | undefined} looked
 * @param {(id: string) => void} choose
 */
function pastTable(all, looked, choose) {
  if (all.length === 0)
    return h(
      'p',
      { class: 'muted small' },
      'None yet, as far as this page may know: the list needs the admin key.',
    );
  const longest = Math.max(...all.map(workMs));
  return h(
    'table',
    { class: 'past' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['When', 'What', 'Phases', 'Time', 'Outcome'].map((name) =>
          h('th', { scope: 'col', class: name === 'Time' ? 'number' : '' }, name),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      all.map((operation) =>
        h(
          'tr',
          { 'aria-current': operation.id === looked ? 'true' : undefined },
          h('td', { class: 'figures' }, moment(operation.started_at)),
          h(
            'td',
            { class: 'wrap' },
            h(
              'button',
              { type: 'button', class: 'link', on: { click: () => choose(operation.id) } },
              `${operation.kind} to ${operation.model}`,
            ),
          ),
          h('td', {}, miniature(operation, longest)),
          h('td', { class: 'number' }, duration(workMs(operation))),
          h('td', {}, outcomeBadge(operation)),
        ),
      ),
    ),
  );
}

/**
 * The phases as one small bar.
 * @param {Operation} operation
 * @param {number} longest milliseconds of the longest operation
 */
function miniature(operation, longest) {
  const { to } = extent(operation);
  const parts = stretches(operation).filter((stretch) => stretch.from < to);
  return h(
    'span',
    { class: 'miniature', 'aria-hidden': 'true' },
    parts.map(({ ms, tone }) =>
      h('i', { class: `dash ${tone}`, style: { width: `${((100 * ms) / (longest || 1)).toFixed(2)}%` } }),
    ),
  );
}

/**
 * @param {ModelList} list
 * @param {(digest: string, name: string) => void} goBack
 */
function historyTable({ current, history, quarantined }, goBack) {
  return h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Model', 'Digest', 'Since'].map((name) => h('th', { scope: 'col' }, name)),
        h('th', { scope: 'col' }, h('span', { class: 'hidden-text' }, 'Go back')),
      ),
    ),
    h(
      'tbody',
      {},
      history.map(({ model, digest, since }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', class: 'wrap' }, model),
          h('td', { class: 'mono', title: digest }, shortDigest(digest)),
          h('td', { class: 'figures' }, since === undefined ? '' : moment(since)),
          h(
            'td',
            { class: 'number' },
            digest === current?.digest
              ? h('span', { class: 'muted' }, 'serves')
              : h(
                  'button',
                  { type: 'button', class: 'link', on: { click: () => goBack(digest, model) } },
                  'Go back to it',
                ),
          ),
        ),
      ),
      quarantined.map(({ model, digest, dtype, reason }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', class: 'wrap' }, model),
          h('td', { class: 'mono', title: digest }, shortDigest(digest)),
          h(
            'td',
            { class: 'bad wrap', colspan: 2 },
            `in quarantine${dtype === undefined ? '' : ` as ${dtype}`}: ${reason ?? ''}`,
          ),
        ),
      ),
    ),
  );
}
