import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { childEnvironment } from './child-environment.ts';
import { hubCacheDirectory } from './store/hub/cache/cache-roots.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Timers of Node fire at once beyond 2^31 ms, which is not quite 25 days. */
const MOST_PROBATION_SECONDS = 24 * 86_400;

const positive = z.coerce
  .number({ error: 'must be a number' })
  .int({ error: 'must be a whole number' })
  .positive({
    error: 'must be above 0',
  });
const megabytes = z.coerce
  .number({ error: 'must be a number' })
  .positive({ error: 'must be above 0' })
  .optional();
const whole = (least: number, most: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int({ error: 'must be a whole number' })
    .min(least, { error: `must not be below ${least}` })
    .max(most, { error: `must be at most ${most}` });
const share = (least: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .min(least, { error: `must be from ${least} to 1` })
    .max(1, { error: `must be from ${least} to 1` });
const autoOr = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('auto'), schema], { error: 'must be auto or a whole number above 0' });
const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

export const dtype = oneOf('auto', 'fp32', 'fp16', 'int8');

/** Every setting: its environment variable, its rule and its default. The flags of the CLI carry the same names. */
export const settings = {
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce
    .number({ error: 'must be a port number' })
    .int({ error: 'must be a port number' })
    .min(0, { error: 'must be a port number' })
    .max(65_535, { error: 'must be a port number' })
    .default(8000),
  RERANK_MODEL: z.string().default('local://demo'),
  RERANK_MODELS_DIR: z.string().default('./models'),
  RERANK_STATE_DIR: z.string().default('./data'),
  RERANK_DEVICE: oneOf('auto', 'cpu', 'cuda', 'webgpu').default('auto'),
  RERANK_DTYPE: dtype.default('auto'),
  RERANK_ENGINES: autoOr(positive.max(256)).default('auto'),
  RERANK_THREADS: autoOr(positive.max(256)).default('auto'),
  RERANK_MAX_LENGTH: autoOr(positive.min(16, { error: 'must be at least 16' })).default('auto'),
  RERANK_MAX_BATCH_TOKENS: autoOr(positive).default('auto'),
  RERANK_MAX_QUEUE_TOKENS: positive.default(4_000_000),
  RERANK_SCORE_CACHE_BYTES: whole(0, 2 ** 34).default(64 * 2 ** 20),
  RERANK_MAX_BODY_BYTES: positive.default(8 * 2 ** 20),
  RERANK_MAX_DOCUMENTS: positive.default(10_000),
  RERANK_REQUEST_TIMEOUT_MS: positive.default(60_000),
  RERANK_ENGINE_TIMEOUT_MS: positive.default(20_000),
  RERANK_LOAD_TIMEOUT_MS: positive.default(300_000),
  RERANK_SHUTDOWN_TIMEOUT_MS: positive.default(25_000),
  RERANK_HISTORY: positive.max(100).default(5),
  HF_ENDPOINT: z.string().optional(),
  HF_TOKEN: z.string().optional(),
  HF_HUB_OFFLINE: z.string().optional(),
  TRANSFORMERS_OFFLINE: z.string().optional(),
  HF_HOME: z.string().optional(),
  HF_HUB_CACHE: z.string().optional(),
  RERANK_HUB_ENDPOINTS: z.string().optional(),
  RERANK_HUB_TOKENS: z
    .string()
    .regex(/^\s*(https?:\/\/[^=,]+=[^=,]+)?(,https?:\/\/[^=,]+=[^,]+)*\s*$/, {
      error: 'must be a list like https://mirror.example=TOKEN,https://other.example=TOKEN',
    })
    .optional(),
  RERANK_HUB_TTL: whole(0, 30 * 86_400).default(0),
  RERANK_HUB_ALLOW_PRIVATE: z.string().optional(),
  RERANK_MAX_DOWNLOAD_MBPS: megabytes,
  RERANK_MAX_DOWNLOAD_MBPS_PER_ORIGIN: megabytes,
  RERANK_DOWNLOAD_WORKERS: whole(1, 64).default(8),
  RERANK_CACHE_FREE_BYTES: whole(0, 2 ** 50).default(2 ** 30),
  RERANK_CACHE_MAX_BYTES: whole(1, 2 ** 50).optional(),
  RERANK_CACHE_POLICY: oneOf('lru', 'lfu').default('lru'),
  RERANK_TRUSTED_DIGESTS: z.string().optional(),
  RERANK_CACHE_SYMLINKS: oneOf('auto', 'no').default('auto'),
  RERANK_SWAP_MODE: oneOf('auto', 'beside', 'hold').default('auto'),
  RERANK_GOLDEN: z.string().optional(),
  RERANK_PROBE_SET: z.string().optional(),
  RERANK_PROBE_LIVE: whole(0, 10_000).default(0),
  RERANK_MIN_KENDALL_TAU: share(-1).optional(),
  RERANK_MIN_TOP1_OVERLAP: share(0).optional(),
  RERANK_MAX_THRESHOLD_CROSSING: share(0).optional(),
  RERANK_MAX_LATENCY_RATIO: z.coerce
    .number({ error: 'must be a number' })
    .positive({ error: 'must be above 0' })
    .optional(),
  RERANK_PROBATION_REQUESTS: whole(0, 10_000_000).default(1_000),
  RERANK_PROBATION_SECONDS: whole(0, MOST_PROBATION_SECONDS).default(300),
  RERANK_API_KEY: z.string().min(1).optional(),
  RERANK_ADMIN_KEY: z.string().min(1).optional(),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  LOG_FORMAT: oneOf('auto', 'json', 'text').default('auto'),
} as const;

export type SettingName = keyof typeof settings;

export type Config = ReturnType<typeof readConfig>;

/** The settings can't be used; the message says which and why, all of them at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
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
        .map((issue) => `${String(issue.path[0])}="${given[String(issue.path[0])]}" ${issue.message}`)
        .join('\n'),
    );
  }
  const values = parsed.data;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    model: values.RERANK_MODEL,
    modelRoots: values.RERANK_MODELS_DIR.split(':')
      .filter((root) => root !== '')
      .map((root) => resolve(root)),
    stateDirectory: resolve(values.RERANK_STATE_DIR),
    device: values.RERANK_DEVICE,
    dtype: values.RERANK_DTYPE,
    engines: values.RERANK_ENGINES,
    threads: values.RERANK_THREADS,
    maxLengthTokens: values.RERANK_MAX_LENGTH,
    maxBatchTokens: values.RERANK_MAX_BATCH_TOKENS,
    maxQueueTokens: values.RERANK_MAX_QUEUE_TOKENS,
    scoreCacheBytes: values.RERANK_SCORE_CACHE_BYTES,
    maxBodyBytes: values.RERANK_MAX_BODY_BYTES,
    maxDocuments: values.RERANK_MAX_DOCUMENTS,
    requestTimeoutMs: values.RERANK_REQUEST_TIMEOUT_MS,
    engineTimeoutMs: values.RERANK_ENGINE_TIMEOUT_MS,
    loadTimeoutMs: values.RERANK_LOAD_TIMEOUT_MS,
    shutdownTimeoutMs: values.RERANK_SHUTDOWN_TIMEOUT_MS,
    historyLength: values.RERANK_HISTORY,
    store: {
      hfEndpoint: values.HF_ENDPOINT,
      hubEndpoints: listOf(values.RERANK_HUB_ENDPOINTS),
      hubToken: values.HF_TOKEN,
      hubTokens: pairsOf(values.RERANK_HUB_TOKENS),
      offline: isOn(values.HF_HUB_OFFLINE) || isOn(values.TRANSFORMERS_OFFLINE),
      cacheDirectory: hubCacheDirectory({
        hfHubCache: values.HF_HUB_CACHE,
        hfHome: values.HF_HOME,
        xdgCacheHome: given['XDG_CACHE_HOME'],
        home: given['HOME'] ?? homedir(),
      }),
      ttlSeconds: values.RERANK_HUB_TTL,
      proxies: {
        http: given['http_proxy'] ?? given['HTTP_PROXY'],
        https: given['https_proxy'] ?? given['HTTPS_PROXY'],
        except: given['no_proxy'] ?? given['NO_PROXY'],
      },
      /** Hosts that may have private addresses. */
      privateHosts: listOf(values.RERANK_HUB_ALLOW_PRIVATE).filter((host) => host !== 'any'),
      allowAnyPrivate: listOf(values.RERANK_HUB_ALLOW_PRIVATE).includes('any'),
      /** MB are 10^6 bytes, as network rates are quoted. */
      bandwidth: {
        maxBytesPerSecond: bytesPerSecond(values.RERANK_MAX_DOWNLOAD_MBPS),
        maxBytesPerSecondPerOrigin: bytesPerSecond(values.RERANK_MAX_DOWNLOAD_MBPS_PER_ORIGIN),
      },
      workers: values.RERANK_DOWNLOAD_WORKERS,
      freeBytes: values.RERANK_CACHE_FREE_BYTES,
      symlinks: values.RERANK_CACHE_SYMLINKS,
      maxBytes: values.RERANK_CACHE_MAX_BYTES,
      policy: values.RERANK_CACHE_POLICY,
      trustedDigests: values.RERANK_TRUSTED_DIGESTS,
    },
    swapMode: values.RERANK_SWAP_MODE,
    gates: {
      goldenFile: values.RERANK_GOLDEN,
      probeFile: values.RERANK_PROBE_SET,
      liveProbes: values.RERANK_PROBE_LIVE,
      limits: withoutUndefined({
        minKendallTau: values.RERANK_MIN_KENDALL_TAU,
        minTop1Overlap: values.RERANK_MIN_TOP1_OVERLAP,
        maxThresholdCrossing: values.RERANK_MAX_THRESHOLD_CROSSING,
        maxLatencyRatio: values.RERANK_MAX_LATENCY_RATIO,
      }),
    },
    probation: { requests: values.RERANK_PROBATION_REQUESTS, seconds: values.RERANK_PROBATION_SECONDS },
    apiKey: values.RERANK_API_KEY,
    adminKey: values.RERANK_ADMIN_KEY,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    childEnv: childEnvironment(env),
    unknownSettings: Object.keys(given).filter((name) => name.startsWith('RERANK_') && !(name in settings)),
  });
}

function withoutUndefined<T extends Record<string, number | undefined>>(values: T) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: number };
}

const BYTES_PER_MB = 1e6;

function bytesPerSecond(megabytesPerSecond: number | undefined): number | undefined {
  return megabytesPerSecond === undefined ? undefined : megabytesPerSecond * BYTES_PER_MB;
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** `https://mirror.example=TOKEN` */
function pairsOf(text: string | undefined): readonly (readonly [origin: string, token: string])[] {
  return listOf(text).map((entry) => {
    const at = entry.indexOf('=');
    return [new URL(entry.slice(0, at)).origin, entry.slice(at + 1)] as const;
  });
}

/** As huggingface_hub reads its switches. */
function isOn(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
