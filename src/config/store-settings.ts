import { homedir } from 'node:os';
import type { z } from 'zod';
import { hubCacheDirectory } from './hub-cache-directory.ts';
import { aboveZero, bytes, isOn, listOf, oneOf, secret, setting, text, whole } from './rules.ts';

/** Where models come from, and how much of them stays. */
export const storeSettings = {
  HF_ENDPOINT: setting(text.optional(), 'the hub', 'huggingface.co'),
  HF_TOKEN: secret(text.optional(), 'the token for the hub; sent to its origin only'),
  HF_HUB_OFFLINE: setting(text.optional(), '`1`: no request leaves this machine', 'off'),
  TRANSFORMERS_OFFLINE: setting(text.optional(), 'the same', 'off'),
  HF_HOME: setting(
    text.optional(),
    'the folder of the cache that is shared with `hf download`',
    '`~/.cache/huggingface`',
  ),
  HF_HUB_CACHE: setting(text.optional(), 'the cache itself', '`$HF_HOME/hub`'),
  RERANK_HUB_ENDPOINTS: setting(
    text.optional(),
    'hubs and mirrors in the order in which they are asked, with `,` between them',
    '`HF_ENDPOINT`',
  ),
  RERANK_HUB_TOKENS: secret(
    text.superRefine(checkTokens).optional(),
    'tokens for others, `https://mirror.example=TOKEN,…`; sent to their origin only',
  ),
  RERANK_HUB_TTL: setting(
    whole(0, 30 * 86_400).default(0),
    'seconds for which what a branch means is not looked up again',
  ),
  RERANK_HUB_ALLOW_PRIVATE: setting(
    text.optional(),
    'hosts that may have private addresses, or `any`; the endpoints themselves may anyway',
  ),
  RERANK_MAX_DOWNLOAD_MBPS: setting(
    aboveZero.optional(),
    'bandwidth of all downloads together, in megabytes a second',
  ),
  RERANK_MAX_DOWNLOAD_MBPS_PER_ORIGIN: setting(aboveZero.optional(), 'the same for each origin'),
  RERANK_DOWNLOAD_WORKERS: setting(whole(1, 64).default(8), 'requests of downloads at a time'),
  RERANK_CACHE_MAX_BYTES: setting(
    bytes(1, 2 ** 50).optional(),
    'what the state directory and the hub cache may hold together. Beyond it, what this server brought and nothing needs is deleted; what would not fit even so is refused with 507',
  ),
  RERANK_CACHE_FREE_BYTES: setting(
    bytes(0, 2 ** 50).optional(),
    'what stays free on their disks; what would leave less is refused with 507',
    '1 GiB, or 5 % of a disk below 20 GiB',
  ),
  RERANK_CACHE_POLICY: setting(
    oneOf('lru', 'lfu').default('lru'),
    'what goes first when there is no room: used the longest ago, or the least often (`lfu`)',
  ),
  RERANK_CACHE_SYMLINKS: setting(
    oneOf('auto', 'no').default('auto'),
    '`no` puts files themselves into snapshots of the hub cache',
  ),
  RERANK_TRUSTED_DIGESTS: setting(
    text.optional(),
    'digests of the models that may be served, or a file with one a line',
    'all',
  ),
} as const;

type Values = z.output<z.ZodObject<typeof storeSettings>>;

/** @param given variables that others define: proxies, where home is */
export function storeOf(values: Values, given: Readonly<Record<string, string | undefined>>) {
  return {
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
  };
}

/** Network rates are quoted in 10^6 bytes. */
function bytesPerSecond(megabytesPerSecond: number | undefined): number | undefined {
  return megabytesPerSecond === undefined ? undefined : megabytesPerSecond * 1e6;
}

/** Says which entry is wrong by its place: whatever it is, there may be a token in it. */
function checkTokens(list: string, context: z.RefinementCtx): void {
  for (const [index, entry] of listOf(list).entries()) {
    const [, address, token] = /^(https?:\/\/[^=]+)=(.+)$/.exec(entry) ?? [];
    const url = address === undefined ? null : URL.parse(address);
    const isOrigin = url !== null && url.pathname === '/' && url.search === '' && url.username === '';
    if (isOrigin && token !== undefined) continue;
    const message = `must be a list like https://mirror.example=TOKEN,https://other.example=TOKEN; entry ${index + 1} is not like that`;
    context.addIssue({ code: 'custom', message });
  }
}

/** `https://mirror.example=TOKEN` */
function pairsOf(list: string | undefined): readonly (readonly [origin: string, token: string])[] {
  return listOf(list).map((entry) => {
    const at = entry.indexOf('=');
    return [new URL(entry.slice(0, at)).origin, entry.slice(at + 1)] as const;
  });
}
