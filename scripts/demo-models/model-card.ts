import type { Variant } from './variant.ts';

/** The contents of README.md. */
export function modelCard({ name, summary }: Variant): string {
  return `# ${name}

A reranker that compares words, for trying the server out: ${summary}.

It is a cross-encoder in form (a query and a document in, one logit out) but it was not trained. Its graph
splits both texts into short pieces, looks for each query word's most similar document word by their common
beginning, weighs content words over grammar, and turns the share of the query that found a match into a logit.

- **Good at** questions whose answer uses the question's words or forms of them, in languages with Latin script
  (the lists of little words cover English, German, French, and some Spanish and Italian) and in Chinese.
- **Bad at** synonyms, paraphrases, negation, word order and irregular forms ("went" is not "go"): it knows no
  meanings. Scripts outside its vocabulary match nothing. Use a trained reranker for real work.
- **Scores**: the sigmoid of the logit is near 0 for no match and near 1 for a full match. It is not a probability.

Files: \`onnx/model.onnx\` (opset 18, inputs \`input_ids\`, \`attention_mask\`, \`token_type_ids\`, output \`logits\`),
\`tokenizer.json\` (WordPiece over listed words, letter triples, digits and Han characters), \`config.json\`.

Made by \`npm run models:build\` from source alone: no data set, no weights of others. Licence: that of the repository.
`;
}
