import type { Finding, Patient } from '../../src/commands/doctor/check.ts';
import type { FileInfo, Machine } from '../../src/commands/doctor/machine.ts';
import { usableConfig } from '../../src/commands/doctor/usable-config.ts';

const GIB = 2 ** 30;

const folder: FileInfo = {
  isDirectory: true,
  mode: 0o755,
  uid: 0,
  modified: new Date('2026-01-02T00:00:00Z'),
};

/** A machine on which all is well. */
export const healthyMachine: Machine = {
  platform: 'linux',
  arch: 'x64',
  nodeVersion: '24.21.0',
  uid: 1000,
  hostProcessors: 8,
  hostMemoryBytes: 32 * GIB,
  affinity: 8,
  budget: () => ({ cpus: 8, memoryBytes: 32 * GIB }),
  freeMemory: async () => ({ bytes: 16 * GIB, limitedBy: "the machine's memory" }),
  readText: async () => undefined,
  entries: async () => [],
  info: async () => folder,
  may: async () => true,
  diskSpace: async () => ({ free: 100 * GIB, total: 1000 * GIB }),
  execute: async () => undefined,
  get: async () => {
    throw Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  },
  addresses: () => ['127.0.0.1', '10.0.0.7'],
  now: () => new Date('2026-06-01T12:00:00Z'),
};

/** What a check looks at: settings, and what is different on this machine. */
export function patient(
  env: Readonly<Record<string, string>> = {},
  different: Partial<Machine> = {},
): Patient {
  const { config, wrong } = usableConfig(env);
  return {
    config,
    env,
    wrongSettings: wrong,
    machine: { ...healthyMachine, ...different },
    signal: new AbortController().signal,
  };
}

/** `status: message` of each. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ status, message }) => `${status}: ${message}`);
}
