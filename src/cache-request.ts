import { z } from 'zod';
import type { CacheAction, Command } from './arguments.ts';
import { readFlags } from './command-flags.ts';
import type { CacheRequest } from './commands/cache/cache.ts';
import { ConfigError } from './config.ts';

const UNITS = ['', 'K', 'M', 'G', 'T'];

/** Bytes, or a number of KB, MB, GB, TB (thousands) or KiB, MiB, GiB, TiB. */
const size = z.string().transform((text, context) => {
  const [, number, letter = '', binary] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(text.trim()) ?? [];
  if (number === undefined) {
    context.addIssue({ code: 'custom', message: 'must be a number of bytes, such as 20000000000 or 20GiB' });
    return z.NEVER;
  }
  const base = binary === '' ? 1000 : 1024;
  return Math.floor(Number(number) * base ** UNITS.indexOf(letter.toUpperCase()));
});

const flagsSchema = z.object({
  json: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  maxBytes: size.optional(),
});

const flagsOfActions: Readonly<Record<CacheAction, readonly string[]>> = {
  ls: ['json'],
  prune: ['json', 'dryRun', 'maxBytes'],
  pin: [],
  unpin: [],
};

/**
 * Checks the flags of `rerankd cache`.
 * @throws ConfigError that names the flag.
 */
export function readCacheRequest(command: Command & { name: 'cache' }): CacheRequest {
  const { action, item = '', flags } = command;
  const foreign = Object.keys(flags).find((key) => !flagsOfActions[action].includes(key));
  if (foreign !== undefined) {
    const spelled = foreign.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ConfigError(`--${spelled} is not a flag of "rerankd cache ${action}"`);
  }
  const { json, dryRun, maxBytes } = readFlags(flagsSchema, flags);
  if (action === 'ls') return { action, json };
  if (action === 'prune') return { action, json, dryRun, maxBytes };
  return { action, item };
}
