import type { Config } from '../../config.ts';
import { sigmoid } from '../../model/sigmoid.ts';
import type { Clock } from '../../platform/clock.ts';
import { rank } from '../../rerank/ranking.ts';
import { CommandProgress } from '../command-progress.ts';
import type { ServerAddress } from '../server/address.ts';
import { ConnectionFailure } from '../server/failures.ts';
import { ServerClient } from '../server/server-client.ts';
import type { TextOutput } from '../terminal.ts';
import type { DocumentForm, InputDocument, RankedDocument } from './document.ts';
import { formatDocuments } from './format-documents.ts';
import { parseDocuments } from './parse-documents.ts';
import { readInput, type TextInput } from './read-input.ts';
import { scoreAtServer } from './score-at-server.ts';
import { scoreHere } from './score-here.ts';
import { writeParts } from './write-parts.ts';

export interface RerankRequest {
  readonly query: string;
  /** A file, or `-` for standard input. */
  readonly input: string;
  readonly inputForm: DocumentForm | 'auto';
  /** Of JSON objects: the fields that hold the text. */
  readonly fields: readonly string[];
  /** Undefined: as they came in. */
  readonly outputForm: DocumentForm | undefined;
  readonly topN: number | undefined;
  readonly scores: boolean;
  readonly rawScores: boolean;
  /** Who scores. `either` asks the server, and loads the model where nothing listens. */
  readonly by:
    | { readonly kind: 'server'; readonly address: ServerAddress }
    | { readonly kind: 'model'; readonly reference: string }
    | { readonly kind: 'either'; readonly address: ServerAddress; readonly reference: string };
}

export interface RerankSurroundings {
  readonly stdin: TextInput;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput & NodeJS.WriteStream;
  readonly clock: Clock;
}

const MAX_INPUT_BYTES = 256 * 2 ** 20;

/**
 * `rerankd rerank --query Q FILE`: prints documents, the best first.
 * @throws CommandError, ServiceError.
 */
export async function rerank(
  config: Config,
  request: RerankRequest,
  around: RerankSurroundings,
): Promise<void> {
  const { inputForm, fields, topN, rawScores, scores, outputForm } = request;
  const text = await readInput(request.input, { ...around, maxBytes: MAX_INPUT_BYTES });
  const { form, documents } = parseDocuments(text, { form: inputForm, fields });
  const logits =
    documents.length === 0 ? new Float32Array() : await score(config, request, documents, around);
  const reported = Array.from(logits, (logit) => (rawScores ? logit : sigmoid(logit)));
  const ranked = rank(logits, reported, topN).map(
    ({ index, score: value }): RankedDocument => ({ ...(documents[index] as InputDocument), score: value }),
  );
  await writeParts(around.stdout, formatDocuments(ranked, { form: outputForm ?? form, scores }));
}

async function score(
  config: Config,
  { query, by }: RerankRequest,
  documents: readonly InputDocument[],
  { stderr, clock }: RerankSurroundings,
): Promise<Float32Array> {
  const progress = new CommandProgress(stderr, clock, { onlyAtTerminal: true });
  const texts = documents.map(({ text }) => text);
  const onProgress = (done: number): void =>
    progress.at(`scored ${done} of ${texts.length}`, done / texts.length);
  const scoring = { query, documents: texts, clock, onProgress };
  try {
    if (by.kind === 'model') return await scoreHere(config, { ...scoring, reference: by.reference });
    const atServer = scoreAtServer(new ServerClient(by.address, clock), scoring);
    if (by.kind === 'server') return await atServer;
    return await atServer.catch((error) => {
      if (!(error instanceof ConnectionFailure) || error.worthRetrying) throw error;
      // Not only at a terminal: another model gives other scores, and whoever reads a log should know whose they are.
      stderr.write(`rerankd: ${error.message}; loading ${by.reference} here\n`);
      return scoreHere(config, { ...scoring, reference: by.reference });
    });
  } finally {
    progress.stop();
  }
}
