import type { Tokenizer } from 'tokenizers';
import type { InspectRequest, RoundTrip, TokenizerInspection } from './protocol.ts';

/** Looks at what can be told of a tokenizer without a model. */
export async function inspectTokenizer(
  tokenizer: Tokenizer,
  { texts, tokens }: InspectRequest,
): Promise<TokenizerInspection> {
  const idsOf = async (text: string): Promise<number[]> =>
    (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
  const decodes = tokenizer.getDecoder() !== null;
  const roundTrips: RoundTrip[] = [];
  for (const text of texts) {
    const ids = await idsOf(text);
    // Unknown tokens are special ones too: left out, they would leave no trace in the text.
    const decoded = decodes ? await tokenizer.decode(ids, false) : null;
    roundTrips.push({ text, ids, decoded, again: decoded === null ? null : await idsOf(decoded) });
  }
  return {
    size: tokenizer.getVocabSize(true),
    ids: Object.fromEntries(tokens.map((token) => [token, tokenizer.tokenToId(token)])),
    roundTrips,
  };
}
