import { readConfig } from '../../src/config.ts';
import { createService, type Service, type ServiceOverrides } from '../../src/service.ts';
import { Client } from './client.ts';
import { embeddedModels, scratchDirectory } from './directories.ts';
import { LogBook } from './log-book.ts';
import { readState } from './state.ts';
import { testEnvironment } from './test-environment.ts';

export interface ServiceUnderTest extends AsyncDisposable {
  readonly client: Client;
  readonly service: Service;
  readonly log: LogBook;
  readonly stateDirectory: string;
  /** What `.last_good_model` says, or undefined while there is none. */
  state(): Promise<unknown>;
}

/**
 * A server inside the test's own process, with real engine processes, a state directory of its own and the embedded models;
 * `settings` override all of that.
 */
export async function startService(
  settings: Readonly<Record<string, string>> = {},
  overrides: ServiceOverrides = {},
): Promise<ServiceUnderTest> {
  const running = await launchService(settings, overrides);
  try {
    await running.service.ready;
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
  return running;
}

/** The same, without waiting for the first model. */
export async function launchService(
  settings: Readonly<Record<string, string>> = {},
  overrides: ServiceOverrides = {},
): Promise<ServiceUnderTest> {
  const own = await scratchDirectory();
  const stateDirectory = settings.RERANK_STATE_DIR ?? own.path;
  const log = new LogBook();
  const config = readConfig(
    testEnvironment({
      PORT: '0',
      RERANK_MODELS_DIR: embeddedModels,
      RERANK_STATE_DIR: stateDirectory,
      ...settings,
    }),
  );
  const service = await createService(config, { logger: log.logger, ...overrides }).catch(async (error) => {
    await own[Symbol.asyncDispose]();
    throw error;
  });
  return {
    client: new Client(`http://127.0.0.1:${service.port}`),
    service,
    log,
    stateDirectory,
    state: () => readState(stateDirectory),
    async [Symbol.asyncDispose]() {
      await service.close();
      await own[Symbol.asyncDispose]();
    },
  };
}
