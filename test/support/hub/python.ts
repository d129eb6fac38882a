import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python that has huggingface_hub: see scripts/interop/README.md. */
export const PYTHON = process.env.RERANK_TEST_PYTHON;

/**
 * Runs a program with huggingface_hub.
 * @param settings environment of it, such as HF_ENDPOINT
 * @returns what it wrote to its standard output, parsed as JSON.
 */
export async function python(program: string, settings: Readonly<Record<string, string>>): Promise<unknown> {
  const env = {
    PATH: process.env.PATH ?? '',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_ETAG_TIMEOUT: '5',
    NO_PROXY: '127.0.0.1',
    ...settings,
  };
  const prelude = 'import json, os, sys\nfrom huggingface_hub import *\n';
  const { stdout } = await run(PYTHON ?? 'python3', ['-c', prelude + program], { env });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
