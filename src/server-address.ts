import { z } from 'zod';
import type { Command } from './arguments.ts';
import { readFlags } from './command-flags.ts';
import type { ServerAddress } from './commands/server/address.ts';
import { type Config, ConfigError } from './config.ts';

const flagsSchema = z.object({ url: z.string().optional() });

type ClientCommand = Command & { name: 'update' | 'status' | 'rollback' };

/**
 * Where the server is that a command talks to, and the key for it: `--url`, or what HOST and PORT say.
 * @throws ConfigError for an address that no server can have.
 */
export function readServerAddress(command: ClientCommand, config: Config): ServerAddress {
  const { url } = readFlags(flagsSchema, command.flags);
  const { adminKey, apiKey } = config;
  const isNamed = url !== undefined || 'HOST' in command.settings || 'PORT' in command.settings;
  const base = url === undefined ? listeningAt(config) : checked(url);
  // The admin key opens everything; the API key is enough to look.
  const sent =
    adminKey === undefined
      ? ({ key: apiKey, keyName: apiKey === undefined ? undefined : 'RERANK_API_KEY' } as const)
      : ({ key: adminKey, keyName: 'RERANK_ADMIN_KEY' } as const);
  // The message of `fetch` about it would show the key.
  if (sent.key !== undefined && !/^[\t\x20-\x7e\x80-\xff]*$/.test(sent.key.trim()))
    throw new ConfigError(`${sent.keyName} has characters in it that no HTTP header can carry`);
  return { url: base, flags: isNamed ? ` --url ${base}` : '', ...sent };
}

function checked(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`--url: "${text}" is no address such as http://127.0.0.1:8000`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError('--url: a key belongs into RERANK_ADMIN_KEY or --admin-key');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** A server that listens on every interface is found on loopback. */
function listeningAt({ host, port }: Config): string {
  if (port === 0)
    throw new ConfigError('--url: with PORT=0, nobody knows the port beforehand; give the address');
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' };
  const name = loopback[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
