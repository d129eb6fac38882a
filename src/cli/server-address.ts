import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ServerAddress, urlOfListener } from '../commands/server/address.ts';
import { type Config, ConfigError } from '../config.ts';
import { parseKeys } from '../platform/keys/parse-keys.ts';
import type { Given } from './command-line.ts';
import { readFlags, valueFlag } from './flags.ts';

/** `--url` of commands that talk to a running server. */
export const urlFlag = valueFlag('URL', z.string(), 'the server (default: what --host and --port say)');

const flagsSchema = z.object({ url: urlFlag });

/** Whether somebody said where the server is. */
export function isServerNamed({ flags, settings }: Pick<Given, 'flags' | 'settings'>): boolean {
  return flags['url'] !== undefined || 'HOST' in settings || 'PORT' in settings;
}

/**
 * Where the server is that a command talks to, and the key for it: `--url`, or where the settings let it listen.
 * @param wants which port and which key, where there are both
 * @throws ConfigError for an address that no server can have.
 */
export function readServerAddress(
  given: Pick<Given, 'flags' | 'settings'>,
  config: Listener,
  wants: 'admin' | 'api' = 'admin',
): ServerAddress {
  const { url } = readFlags(flagsSchema, given.flags);
  // Flags that name host or port mean just that one.
  const isAdminPort = wants === 'admin' && !isServerNamed(given);
  const base = url === undefined ? listeningAt(config, isAdminPort) : checked(url);
  const sent = keyFor(config, wants);
  const wantedKey = wants === 'admin' ? 'RERANK_ADMIN_KEY' : 'RERANK_API_KEY';
  return { url: base, flags: isServerNamed(given) ? ` --url ${base}` : '', wantedKey, ...sent };
}

type Listener = Pick<Config, 'adminKey' | 'apiKey' | 'host' | 'port' | 'access'>;

/** The admin key opens everything; the API key is enough to look and to ask. */
function keyFor(config: Listener, wants: 'admin' | 'api'): Pick<ServerAddress, 'key' | 'keyName'> {
  const adminKey = config.adminKey ?? firstKeyIn(config.access.admin.file);
  const apiKey = config.apiKey ?? firstKeyIn(config.access.api.file);
  const isAdmin = adminKey !== undefined && (wants === 'admin' || apiKey === undefined);
  if (isAdmin) return { key: adminKey, keyName: 'RERANK_ADMIN_KEY' };
  return { key: apiKey, keyName: apiKey === undefined ? undefined : 'RERANK_API_KEY' };
}

/** A file that only the server may read leaves the command without a key, which the server's answer then says. */
function firstKeyIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return parseKeys(readFileSync(file, 'utf8'))[0]?.key;
  } catch {
    return undefined;
  }
}

function checked(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`--url: "${text}" is no address such as http://127.0.0.1:8000`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError('--url: a key belongs into RERANK_ADMIN_KEY or --admin-key');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function listeningAt({ host, port, access }: Listener, isAdminPort: boolean): string {
  const { adminAddress, tls } = access;
  const address = isAdminPort && adminAddress !== undefined ? adminAddress : { host, port };
  if (address.port === 0)
    throw new ConfigError('--url: with PORT=0, nobody knows the port beforehand; give the address');
  return urlOfListener(tls === undefined ? 'http' : 'https', address);
}
