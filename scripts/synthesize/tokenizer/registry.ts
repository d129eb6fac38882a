import type { ArchitectureName } from '../architectures/architecture.ts';
import { modernbertTokenizer, robertaTokenizer } from './byte-level.ts';
import { debertaTokenizer, xlmRobertaTokenizer } from './sentence-pieces.ts';
import type { TokenizerFiles } from './tokenizer-files.ts';
import { wordPieceTokenizer } from './word-piece.ts';

/** The tokenizer of each family, for embeddings of so many rows. */
export const tokenizers: Readonly<Record<ArchitectureName, (vocabulary: number) => TokenizerFiles>> = {
  'xlm-roberta': xlmRobertaTokenizer,
  roberta: robertaTokenizer,
  bert: (vocabulary) => wordPieceTokenizer(vocabulary, 'BertTokenizer'),
  distilbert: (vocabulary) => wordPieceTokenizer(vocabulary, 'DistilBertTokenizer'),
  electra: (vocabulary) => wordPieceTokenizer(vocabulary, 'ElectraTokenizer'),
  modernbert: modernbertTokenizer,
  'deberta-v2': debertaTokenizer,
};
