import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Device } from '../../src/engine/protocol.ts';

const child = fileURLToPath(new URL('try-device-child.ts', import.meta.url));

/** The first use of a driver takes seconds. */
const TIMEOUT_MS = 60_000;

/**
 * Makes a session of a one-node model on a device, in a process of its own.
 * @returns why that doesn't work, in one line, or undefined when it does.
 */
export async function tryDevice(device: Device, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, [child, device], {
      env: { ...env, ORT_DISABLE_TELEMETRY: '1' },
      timeout: TIMEOUT_MS,
    });
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return stderr.trim().split('\n').at(-1) || message;
  }
}
