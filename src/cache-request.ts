import { z } from 'zod';
import type { CacheAction, Command } from './arguments.ts';
import { readFlags } from './command-flags.ts';
import type { CacheRequest } from './commands/cache/cache.ts';
import { bytes } from './config/rules.ts';
import { ConfigError } from './config.ts';

const flagsSchema = z.object({
  json: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  maxBytes: bytes(0, Number.MAX_SAFE_INTEGER).optional(),
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
