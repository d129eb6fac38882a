import type { SpecialToken } from './special-tokens.ts';

/** What lies between the two texts of a pair, and the type of the second one's tokens. */
interface PairStyle {
  readonly separators: 1 | 2;
  readonly documentType: 0 | 1;
}

/** A post-processor that puts tokens around a text: `cls A sep`, and `cls A sep… B sep` for a pair. */
export function pairTemplate(cls: SpecialToken, sep: SpecialToken, style: PairStyle): object {
  const single = [special(cls, 0), text('A', 0), special(sep, 0)];
  const second = [text('B', style.documentType), special(sep, style.documentType)];
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, ...(style.separators === 2 ? [special(sep, 0)] : []), ...second],
    special_tokens: Object.fromEntries(
      [cls, sep].map(({ id, content }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}

function special({ content }: SpecialToken, type: number): object {
  return { SpecialToken: { id: content, type_id: type } };
}

function text(id: 'A' | 'B', type: number): object {
  return { Sequence: { id, type_id: type } };
}
