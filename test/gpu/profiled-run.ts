import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadRequest } from '../../src/engine/protocol.ts';
import { scratchDirectory } from '../support/directories.ts';
import type { GoldenPair } from '../support/golden.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('profile-child.ts', import.meta.url));

/** Rows of a batch, as JSON can carry them. */
export interface PlainRows {
  readonly lengths: readonly number[];
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

export interface ProfiledRequest {
  readonly load: LoadRequest;
  readonly batches: readonly PlainRows[];
  readonly profilePrefix: string;
  /** Refuses to load a model of which any node would be on the CPU. */
  readonly isStrict: boolean;
}

export interface ProfiledReply {
  /** Every node that ran, in all batches, by ONNX Runtime's own profile. */
  readonly nodes: readonly { readonly operator: string; readonly provider: string }[];
  readonly logits: readonly (readonly number[])[];
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Loads a model as an engine does and runs batches.
 * @param env of the process, e.g. that of a stub card
 * @throws Error with ONNX Runtime's words when the model can't be loaded there.
 */
export async function profiledRun(
  request: Omit<ProfiledRequest, 'profilePrefix'>,
  env: Readonly<Record<string, string>>,
  timeoutMs = 120_000,
): Promise<ProfiledReply> {
  await using scratch = await scratchDirectory();
  const full: ProfiledRequest = { ...request, profilePrefix: join(scratch.path, 'profile') };
  const requestFile = join(scratch.path, 'request.json');
  await writeFile(requestFile, JSON.stringify(full));
  const { stdout } = await run(process.execPath, [child, requestFile], {
    env: { ...inherited(), ...env, ORT_DISABLE_TELEMETRY: '1' },
    maxBuffer: 64 << 20,
    timeout: timeoutMs,
  });
  return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? '') as ProfiledReply;
}

function inherited(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

export function rowsOf(pairs: readonly GoldenPair[]): PlainRows {
  return {
    lengths: pairs.map(({ input_ids }) => input_ids.length),
    ids: pairs.flatMap(({ input_ids }) => input_ids),
    typeIds: pairs.flatMap(({ input_ids, token_type_ids }) => token_type_ids ?? input_ids.map(() => 0)),
  };
}

/** How many nodes of each operator ran on another provider than this, e.g. { Range: 1 }. */
export function strays({ nodes }: ProfiledReply, provider: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operator, provider: actual } of nodes) {
    if (actual !== provider) counts[operator] = (counts[operator] ?? 0) + 1;
  }
  return counts;
}
