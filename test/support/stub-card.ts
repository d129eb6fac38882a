import { cp } from 'node:fs/promises';
import { readConfig } from '../../src/config.ts';
import { createService, type ServiceOverrides } from '../../src/service.ts';
import { CardFaults, type CudaCall, stubLibraries } from './card-faults.ts';
import { Client } from './client.ts';
import { embeddedModels, scratchDirectory } from './directories.ts';
import { LogBook } from './log-book.ts';
import { type ServiceUnderTest, startService } from './running-service.ts';
import { readState } from './state.ts';
import { testEnvironment } from './test-environment.ts';

export interface ServiceOnCard extends ServiceUnderTest {
  readonly card: CardFaults;
}

export interface CardOptions {
  readonly overrides?: ServiceOverrides;
  /** What is broken from the start. */
  readonly broken?: Readonly<Partial<Record<CudaCall, number>>>;
}

let served: Promise<AsyncDisposable & { readonly path: string }> | undefined;

/** The state of a server on the CPU: a model that has served before is let in at a start although its scores are all the same. */
function servedState(): NonNullable<typeof served> {
  served ??= (async () => {
    await using server = await startService({ RERANK_MODEL: 'demo' });
    await server.client.update('demo-next');
    const copy = await scratchDirectory();
    await cp(server.stateDirectory, copy.path, { recursive: true });
    return copy;
  })();
  return served;
}

/** To be called after the last test of a file. */
export async function forgetServedState(): Promise<void> {
  await (await served)?.[Symbol.asyncDispose]();
  served = undefined;
}

/** A server whose engines run ONNX Runtime's CUDA provider on the stub. */
export async function startOnCard(
  settings: Readonly<Record<string, string>> = {},
  { overrides = {}, broken = {} }: CardOptions = {},
): Promise<ServiceOnCard> {
  const [own, faults] = [await scratchDirectory(), await scratchDirectory()];
  await cp((await servedState()).path, own.path, { recursive: true });
  const card = new CardFaults(faults.path);
  for (const [call, error] of Object.entries(broken)) await card.break(call as CudaCall, error);
  const log = new LogBook();
  const config = readConfig(
    testEnvironment({
      PORT: '0',
      RERANK_MODELS_DIR: embeddedModels,
      RERANK_STATE_DIR: own.path,
      RERANK_DEVICE: 'cuda',
      RERANK_ENGINES: '1',
      RERANK_MAX_BATCH_TOKENS: '8192',
      LD_LIBRARY_PATH: stubLibraries,
      ...settings,
    }),
  );
  // Nothing but the stub reads it, so that servers don't hand it on.
  const childEnv = { ...config.childEnv, ...card.env };
  const service = await createService({ ...config, childEnv }, { logger: log.logger, ...overrides });
  const close = async (): Promise<void> => {
    await service.close();
    await Promise.all([own[Symbol.asyncDispose](), faults[Symbol.asyncDispose]()]);
  };
  await service.ready.catch(async (error) => {
    await close();
    throw error;
  });
  return {
    client: new Client(`http://127.0.0.1:${service.port}`),
    service,
    log,
    stateDirectory: own.path,
    state: () => readState(own.path),
    card,
    [Symbol.asyncDispose]: close,
  };
}
