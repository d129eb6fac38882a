import type { Tokenizer } from 'tokenizers';

/** Special tokens around and between the two texts of a pair, as this tokenizer's post-processor puts them. */
export interface PairTemplate {
  readonly before: TemplatePart;
  readonly between: TemplatePart;
  readonly after: TemplatePart;
  readonly queryTypeId: number;
  readonly documentTypeId: number;
}

interface TemplatePart {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

/** Single characters that between them are in any vocabulary. */
const PROBES = ['a', 'the', '1', '的', '.'];

/**
 * Reads the template off the library's own encoding of a probe pair, so that every kind of post-processor (template,
 * BERT, RoBERTa, a sequence of them) is understood without knowing its format.
 * @throws Error when no probe text gives a token, or when the texts don't come through as they are.
 */
export async function readPairTemplate(tokenizer: Tokenizer): Promise<PairTemplate> {
  for (const probe of PROBES) {
    const text = (await tokenizer.encode(probe, null, { addSpecialTokens: false })).getIds();
    if (text.length === 0) continue;
    const pair = await tokenizer.encode(probe, probe, { addSpecialTokens: true });
    const ids = pair.getIds();
    const typeIds = pair.getTypeIds();
    const special = pair.getSpecialTokensMask();
    const query = special.indexOf(0);
    const queryEnd = query + text.length;
    const document = special.indexOf(0, queryEnd);
    const documentEnd = document + text.length;
    if (!startsAt(ids, text, query) || !startsAt(ids, text, document)) {
      throw new Error('its post-processor changes the tokens of the texts');
    }
    const part = (from: number, to: number) => ({
      ids: ids.slice(from, to),
      typeIds: typeIds.slice(from, to),
    });
    return {
      before: part(0, query),
      between: part(queryEnd, document),
      after: part(documentEnd, ids.length),
      queryTypeId: typeIds[query] ?? 0,
      documentTypeId: typeIds[document] ?? 0,
    };
  }
  throw new Error('it gives no tokens for plain text');
}

/** Special tokens that every pair costs. */
export function templateTokens(template: PairTemplate): number {
  return template.before.ids.length + template.between.ids.length + template.after.ids.length;
}

function startsAt(ids: readonly number[], text: readonly number[], at: number): boolean {
  return at >= 0 && text.every((id, index) => ids[at + index] === id);
}
