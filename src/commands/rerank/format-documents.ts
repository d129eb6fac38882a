import type { DocumentForm, RankedDocument } from './document.ts';

interface FormatOptions {
  readonly form: DocumentForm;
  /** Whether lines begin with the score and a tab; JSON has it anyway. */
  readonly scores: boolean;
}

/** Digits that tell scores apart; more are noise of the floating point. */
const DIGITS = 6;

/** The documents as they are printed, a line each, so that nobody has to wait for or to hold all of them. */
export function* formatDocuments(
  ranked: readonly RankedDocument[],
  { form, scores }: FormatOptions,
): Generator<string, void> {
  if (form === 'json') {
    yield '[';
    for (const [place, document] of ranked.entries())
      yield `${place === 0 ? '\n' : ',\n'}  ${asJson(document)}`;
    yield ranked.length === 0 ? ']\n' : '\n]\n';
    return;
  }
  for (const document of ranked) {
    if (form === 'jsonl') yield `${asJson(document)}\n`;
    else
      yield `${scores ? `${Number(document.score.toPrecision(DIGITS))}\t` : ''}${onOneLine(document.text)}\n`;
  }
}

/** The names that the API has: many a first stage has left its own `score` in the object. */
function asJson({ fields, index, score }: RankedDocument): string {
  return JSON.stringify({ ...fields, index, relevance_score: score });
}

/** One line is one document for whoever reads on. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
