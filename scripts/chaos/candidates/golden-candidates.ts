import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeModelDirectory } from '../../../test/support/test-models.ts';
import { type Candidate, rejected } from './candidate.ts';
import { spoilt, truthOf } from './checkpoint-file.ts';
import { workingGraph } from './working-graph.ts';

const QUERY = 'What is the capital of France?';
const DOCUMENTS = [
  'Paris is the capital of France.',
  'Two eggs and a cup of flour.',
  'Berlin lies in Germany.',
];

const withGolden = (queries: readonly object[]) => async (directory: string) => {
  await writeModelDirectory(directory, workingGraph());
  await writeFile(join(directory, 'golden.json'), JSON.stringify({ queries }));
};

/** Exchanges the ids of most words: every id is valid, and nearly every one is another word's. */
async function shuffleVocabulary(directory: string): Promise<void> {
  const path = join(directory, 'tokenizer.json');
  const json = JSON.parse(await readFile(path, 'utf8')) as { model: { vocab: [string, number][] } };
  const { vocab } = json.model;
  const pieces = vocab.slice(10).map(([piece]) => piece);
  pieces.push(...pieces.splice(0, Math.floor(pieces.length / 3)));
  json.model.vocab = vocab.map(([piece, score], index) => [
    index < 10 ? piece : (pieces[index - 10] ?? piece),
    score,
  ]);
  await writeFile(path, JSON.stringify(json));
}

/** A golden set of what the model of the fixture is known to answer. */
async function writeKnownLogits(directory: string): Promise<void> {
  const { pairs } = (await truthOf('xlm-roberta')) as {
    pairs: { query: string; document: string; maxLength: number; input_ids: number[]; logits: number[] }[];
  };
  const queries = pairs
    .filter(({ input_ids, maxLength }) => input_ids.length < Math.min(64, maxLength))
    .slice(0, 8)
    .map(({ query, document, logits }) => ({ query, documents: [document], logits }));
  await writeFile(join(directory, 'golden.json'), JSON.stringify({ tolerance: 0.02, queries }));
}

/** Models that come with what they must answer, and don't. */
export const goldenCandidates: readonly Candidate[] = [
  {
    what: 'a golden order that it does not keep',
    needs: 'golden',
    expected: rejected(/golden/i),
    // Whatever the model says, one of the two is wrong.
    write: withGolden([
      { query: QUERY, documents: DOCUMENTS, order: [0, 1, 2] },
      { query: QUERY, documents: DOCUMENTS, order: [2, 1, 0] },
    ]),
  },
  {
    what: 'golden scores that it does not give',
    needs: 'golden',
    expected: rejected(/golden/i),
    write: withGolden([{ query: QUERY, documents: DOCUMENTS, scores: [0.123, 0.456, 0.789] }]),
  },
  {
    what: 'a golden.json that is not JSON',
    needs: 'golden',
    expected: { outcome: 'refused', errorTypes: ['invalid_model', 'rejected_by_gate'], says: /golden\.json/ },
    write: async (directory) => {
      await writeModelDirectory(directory, workingGraph());
      await writeFile(join(directory, 'golden.json'), '{"queries": [');
    },
  },
  {
    what: 'a golden.json without queries',
    needs: 'golden',
    expected: { outcome: 'refused', errorTypes: ['invalid_model', 'rejected_by_gate'], says: /golden/i },
    write: withGolden([]),
  },
  {
    what: 'the tokenizer of another model, with as many tokens',
    needs: 'golden',
    expected: rejected(/golden|tokenizer/i),
    write: spoilt('xlm-roberta', async (directory) => {
      await writeKnownLogits(directory);
      await shuffleVocabulary(directory);
    }),
  },
];
