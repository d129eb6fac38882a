import { h, put } from '../../lib/dom.js';
import { plural } from '../../lib/format.js';
import { ask } from '../../server/api.js';
import { live } from '../../server/live-feed.js';
import { showProblem } from '../notice.js';
import { answerOf, bothAnswers } from './answer.js';
import { parseDocuments, textOf } from './documents.js';

const EXAMPLE = {
  query: 'How does a vaccine work?',
  documents: [
    'Work begins at nine.',
    'The vaccine must be kept cold.',
    'Vaccines work by training the immune system.',
    'A vaccine shows the immune system a harmless piece of a germ.',
    'How long does it take?',
    'How to work with wood.',
  ].join('\n'),
};

/** Ask the model something and see how it ranks. */
export function playgroundView() {
  const query = h('input', { id: 'query', autocomplete: 'off', required: true });
  query.value = EXAMPLE.query;
  const documents = h('textarea', {
    id: 'documents',
    rows: 9,
    required: true,
    spellcheck: 'false',
    'aria-describedby': 'documents-hint',
  });
  documents.value = EXAMPLE.documents;
  const hint = h('span', { class: 'hint', id: 'documents-hint', role: 'status' });
  const topN = h('input', { id: 'top-n', type: 'number', min: 1, placeholder: 'all' });
  const raw = h('input', { type: 'checkbox', id: 'raw' });
  const both = h('input', { type: 'checkbox', id: 'both' });
  const otherName = h('span', { class: 'wrap' });
  const bothLabel = h('label', { class: 'check wide', hidden: true }, both, otherName);
  const submit = h('button', { class: 'primary' }, 'Rank');
  const problem = h('div', { class: 'problem' });
  const result = h('div', { class: 'result', 'aria-live': 'polite', 'aria-busy': 'false' }, invitation());

  const count = () => {
    try {
      put(hint, `${plural(parseDocuments(documents.value).length, 'document')}. One a line, or a JSON list`);
    } catch (error) {
      put(hint, h('span', { class: 'bad' }, /** @type {Error} */ (error).message));
    }
  };
  documents.addEventListener('input', count);
  count();

  live.watch(({ stats }) => {
    const second = stats?.second_model ?? null;
    bothLabel.hidden = second === null;
    if (second === null) both.checked = false;
    else
      put(
        otherName,
        `Beside ${second.model}, which ${second.role === 'standby' ? 'served before' : 'may serve next'}`,
      );
  });

  const rank = async () => {
    const list = parseDocuments(documents.value);
    const wanted = topN.value === '' ? undefined : Number(topN.value);
    if (both.checked) {
      const body = { query: query.value, documents: list.map(textOf) };
      const answer = await ask('compare', { method: 'POST', admin: true, body });
      return bothAnswers(answer.body, list, { topN: wanted, raw: raw.checked });
    }
    const body = {
      query: query.value,
      documents: list,
      raw_scores: raw.checked,
      ...(wanted && { top_n: wanted }),
    };
    const startedAt = performance.now();
    const answer = await ask('rerank', { method: 'POST', body });
    return answerOf(answer.body, answer.headers, list, performance.now() - startedAt);
  };

  /** @param {Event} event */
  const onSubmit = async (event) => {
    event.preventDefault();
    showProblem(problem, undefined);
    submit.disabled = true;
    result.setAttribute('aria-busy', 'true');
    try {
      put(result, await rank());
    } catch (error) {
      showProblem(problem, error);
    } finally {
      submit.disabled = false;
      result.setAttribute('aria-busy', 'false');
    }
  };

  const form = h(
    'form',
    { class: 'ask', on: { submit: onSubmit } },
    h('div', { class: 'field' }, h('label', { for: 'query' }, 'Query'), query),
    h('div', { class: 'field' }, h('label', { for: 'documents' }, 'Documents'), documents, hint),
    h(
      'div',
      { class: 'row options' },
      h('div', { class: 'inline' }, h('label', { for: 'top-n' }, 'Top n'), topN),
      h('label', { class: 'check', title: 'Logits instead of scores from 0 to 1' }, raw, 'Raw scores'),
      bothLabel,
    ),
    h('div', { class: 'row' }, submit, h('span', { class: 'hint' }, 'Ctrl + Enter')),
    problem,
  );
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return h(
    'section',
    { class: 'view', 'aria-labelledby': 'playground-title' },
    h(
      'header',
      {},
      h('h1', { id: 'playground-title' }, 'Playground'),
      h('p', { class: 'lead' }, 'Ask the model that serves, and see in which order it puts your documents.'),
    ),
    h('div', { class: 'playground' }, form, result),
  );
}

function invitation() {
  return h(
    'p',
    { class: 'invitation muted' },
    'The ranking comes here: the best document first, each with its score and with the place it had in your list.',
  );
}
