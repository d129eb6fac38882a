import type { ServiceOverrides } from '../../src/service.ts';
import { goldenRoot } from './golden.ts';
import { type ServiceUnderTest, startService } from './running-service.ts';
import { type FaultKind, StubCard, type StubCardOptions } from './stub-card/stub-card.ts';

export interface ServiceOnCard extends ServiceUnderTest {
  readonly card: StubCard;
}

export interface CardOptions extends StubCardOptions {
  readonly overrides?: ServiceOverrides;
  /** What is broken from the start. */
  readonly broken?: Readonly<Partial<Record<FaultKind, number>>>;
}

/** A checkpoint: the stub card has logits of its own for what rerankd compiles, and the gates let it in. */
export const cardSettings = {
  RERANK_DEVICE: 'cuda',
  RERANK_DTYPE: 'fp16',
  RERANK_ENGINES: '1',
  RERANK_MAX_BATCH_TOKENS: '8192',
  RERANK_MODELS_DIR: goldenRoot,
  RERANK_MODEL: 'local://xlm-roberta',
} as const;

/**
 * A server whose engines run ONNX Runtime's CUDA provider on a stub card, which is gone at the end of the test.
 * @param library of `findStubCard`
 */
export async function startOnCard(
  library: string,
  settings: Readonly<Record<string, string>> = {},
  { overrides = {}, broken = {}, ...options }: CardOptions = {},
): Promise<ServiceOnCard> {
  const card = await StubCard.make(library, options);
  for (const [kind, error] of Object.entries(broken)) await card.breakDown(kind as FaultKind, error);
  const server = await startService({ ...cardSettings, ...card.env, ...settings }, overrides);
  return { ...server, card };
}
