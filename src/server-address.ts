import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Command } from './arguments.ts';
import { readFlags } from './command-flags.ts';
import type { ServerAddress } from './commands/server/address.ts';
import { type Config, ConfigError } from './config.ts';
import { parseKeys } from './http/access/parse-keys.ts';

const flagsSchema = z.object({ url: z.string().optional() });

type ClientCommand = Command & { name: 'update' | 'status' | 'rollback' };

/**
 * Where the server is that a command talks to, and the key for it: `--url`, or what HOST and PORT say.
 * @throws ConfigError for an address that no server can have.
 */
export function readServerAddress(command: ClientCommand, config: Config): ServerAddress {
  const { url } = readFlags(flagsSchema, command.flags);
  const adminKey = config.adminKey ?? firstKeyIn(config.access.admin.file);
  const apiKey = config.apiKey ?? firstKeyIn(config.access.api.file);
  const isListener = 'HOST' in command.settings || 'PORT' in command.settings;
  const isNamed = url !== undefined || isListener;
  const base = url === undefined ? listeningAt(config, isListener) : checked(url);
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

/**
 * Where a server with this configuration answers administrators. One that listens on every interface is found on loopback.
 * @param isListener true when flags named host or port: then it is those that are meant
 */
function listeningAt({ host, port, access }: Config, isListener: boolean): string {
  const { adminAddress, tls } = access;
  const address = adminAddress === undefined || isListener ? { host, port } : adminAddress;
  if (address.port === 0)
    throw new ConfigError('--url: with PORT=0, nobody knows the port beforehand; give the address');
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' };
  const name = loopback[address.host] ?? address.host;
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${address.port}`;
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
