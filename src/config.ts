import { resolve } from 'node:path';
import { z } from 'zod';
import { childEnvironment } from './child-environment.ts';
import { accessOf } from './config/access-settings.ts';
import { gatesOf } from './config/change-settings.ts';
import { observationOf } from './config/observation-settings.ts';
import { isOn, listOf } from './config/rules.ts';
import { isSecret, settings } from './config/settings.ts';
import { storeOf } from './config/store-settings.ts';
import type { Environment } from './platform/environment.ts';

export type Config = ReturnType<typeof readConfig>;

/** The settings can't be used; the message says which and why, all of them at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** `NAME="value"`; of what may hold a key or a token, the name alone. */
export function shownSetting(name: string, value: string | undefined): string {
  return isSecret(name) ? name : `${name}="${value}"`;
}

/**
 * Turns an environment into one frozen configuration with units in its names. Empty variables count as absent, as they
 * come from compose files.
 * @throws ConfigError that names every wrong setting.
 */
export function readConfig(env: Environment) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = z.object(settings).safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues
        .map(({ path: [name], message }) => `${shownSetting(String(name), given[String(name)])} ${message}`)
        .join('\n'),
    );
  }
  const values = parsed.data;
  refuseContradictions(values);
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    model: values.RERANK_MODEL,
    modelRoots: values.RERANK_MODELS_DIR.split(':')
      .filter((root) => root !== '')
      .map((root) => resolve(root)),
    stateDirectory: resolve(values.RERANK_STATE_DIR),
    device: values.RERANK_DEVICE,
    gpuFallback: values.RERANK_GPU_FALLBACK,
    dtype: values.RERANK_DTYPE,
    engines: values.RERANK_ENGINES,
    threads: values.RERANK_THREADS,
    maxLengthTokens: values.RERANK_MAX_LENGTH,
    maxBatchTokens: values.RERANK_MAX_BATCH_TOKENS,
    maxQueueTokens: values.RERANK_MAX_QUEUE_TOKENS,
    scoreCacheBytes: values.RERANK_SCORE_CACHE_BYTES,
    maxBodyBytes: values.RERANK_MAX_BODY_BYTES,
    maxDocuments: values.RERANK_MAX_DOCUMENTS,
    longDocuments: values.RERANK_LONG_DOCUMENTS,
    strictModel: isOn(values.RERANK_STRICT_MODEL),
    modelAliases: listOf(values.RERANK_MODEL_ALIASES),
    requestTimeoutMs: values.RERANK_REQUEST_TIMEOUT_MS,
    engineTimeoutMs: values.RERANK_ENGINE_TIMEOUT_MS,
    loadTimeoutMs: values.RERANK_LOAD_TIMEOUT_MS,
    shutdownTimeoutMs: values.RERANK_SHUTDOWN_TIMEOUT_MS,
    historyLength: values.RERANK_HISTORY,
    store: storeOf(values, given),
    swapMode: values.RERANK_SWAP_MODE,
    gates: gatesOf(values),
    probation: { requests: values.RERANK_PROBATION_REQUESTS, seconds: values.RERANK_PROBATION_SECONDS },
    apiKey: values.RERANK_API_KEY,
    adminKey: values.RERANK_ADMIN_KEY,
    access: accessOf(values),
    hasConsole: values.RERANK_CONSOLE === 'on',
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    ...observationOf(values),
    childEnv: childEnvironment(env),
    unknownSettings: Object.keys(given).filter((name) => name.startsWith('RERANK_') && !(name in settings)),
  });
}

/** @throws ConfigError for settings that are fine alone and wrong together. */
function refuseContradictions(values: z.output<z.ZodObject<typeof settings>>): void {
  const { RERANK_TLS_CERT: cert, RERANK_TLS_KEY: key, RERANK_ADMIN_PORT: adminPort, PORT: port } = values;
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError(
      `RERANK_TLS_CERT and RERANK_TLS_KEY belong together, and ${cert === undefined ? 'RERANK_TLS_CERT' : 'RERANK_TLS_KEY'} is not set`,
    );
  if (adminPort !== undefined && adminPort !== 0 && adminPort === port)
    throw new ConfigError(`RERANK_ADMIN_PORT="${adminPort}" must not be the same as PORT`);
}
