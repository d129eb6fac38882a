import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/commands/doctor/check.ts';
import { checks } from '../../../src/commands/doctor/checks.ts';
import type { Machine } from '../../../src/commands/doctor/machine.ts';
import { healthyMachine, patient, told } from '../../support/patient.ts';

const GIB = 2 ** 30;

function named(name: string): Check {
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`there is no check ${name}`);
  return check;
}

const look = async (
  name: string,
  env: Readonly<Record<string, string>> = {},
  different: Partial<Machine> = {},
): Promise<string[]> => told(await named(name).look(patient(env, different)));

const answers = (bodies: Readonly<Record<string, unknown>>) => ({
  get: async (url: string) => ({ status: 200, body: bodies[new URL(url).pathname] }),
});
const failsWith = (code: string) => ({
  get: async (): Promise<never> => {
    throw Object.assign(new Error('fetch failed'), { cause: { code } });
  },
});
const none = { info: async () => undefined, may: async () => false };

describe('a check of rerankd doctor', () => {
  it.each<[string, Readonly<Record<string, string>>, Partial<Machine>, RegExp]>([
    ['Node', {}, {}, /^ok: v24/],
    ['Node', {}, { nodeVersion: '20.20.2' }, /^problem: .*too old/],
    ['Node', {}, { nodeVersion: '26.0.0' }, /^warning: .*not tested/],
    ['settings', {}, {}, /^ok/],
    ['settings', { RERANK_DEVICE: 'tpu' }, {}, /^problem: RERANK_DEVICE="tpu" must be one of/],
    ['settings', { RERANK_MODLE: 'x' }, {}, /^warning: RERANK_MODLE is not a setting/],
    ['named files', {}, {}, /^ok: none/],
    ['named files', { RERANK_GOLDEN: '/g.json' }, none, /^problem: RERANK_GOLDEN: \/g\.json is no file/],
    ['access', {}, {}, /^ok: no API key; it listens on this machine only/],
    ['access', { HOST: '0.0.0.0' }, {}, /^warning: HOST=0\.0\.0\.0 and no RERANK_API_KEY/],
    ['access', { RERANK_API_KEY: 'k', RERANK_ADMIN_KEY: 'k' }, {}, /^warning: .* are the same/],
    ['port', {}, {}, /^ok: 127\.0\.0\.1:8000 is free/],
    ['port', { PORT: '0' }, {}, /^ok: PORT=0/],
    ['port', { PORT: '443' }, {}, /^problem: port 443 is for root/],
    ['port', { PORT: '443' }, { uid: 0 }, /^ok/],
    [
      'port',
      { HOST: '10.9.9.9' },
      failsWith('EADDRNOTAVAIL'),
      /^problem: HOST=10\.9\.9\.9 is no address of this/,
    ],
    ['port', {}, answers({ '/livez': '<html>' }), /^problem: another program answers/],
    [
      'port',
      { HOST: '::' },
      answers({ '/livez': { status: 'live' }, '/healthz': { status: 'healthy', model: 'local://demo' } }),
      /^ok: a rerankd serves local:\/\/demo at http:\/\/\[::1\]:8000/,
    ],
    [
      'port',
      {},
      answers({ '/livez': { status: 'live' }, '/healthz': { status: 'unhealthy', reason: 'no engine' } }),
      /^problem: the rerankd .* is unhealthy: no engine/,
    ],
    ['port', {}, failsWith('ECONNRESET'), /^warning: something listens .*ECONNRESET/],
    ['tokenizers', {}, { execute: async () => ({ code: 0, stdout: '', stderr: '' }) }, /^ok/],
    [
      'tokenizers',
      {},
      { execute: async () => ({ code: 1, stdout: '', stderr: 'at x\nError: no native binding\n' }) },
      /^problem: .*Error: no native binding/,
    ],
    ['tokenizers', {}, { execute: async () => ({ code: -1, stdout: '', stderr: 'SIGSEGV' }) }, /SIGSEGV/],
    ['processors', {}, {}, /^ok: 8 of 8/],
    [
      'processors',
      {},
      { hostProcessors: 64, budget: () => ({ cpus: 2, memoryBytes: GIB }) },
      /^ok: 2 of 64 .*affinity mask leaves 8, the cgroup quota leaves 2/,
    ],
    ['processors', { RERANK_ENGINES: '4', RERANK_THREADS: '4' }, {}, /^warning: .*is 16/],
    ['memory', {}, {}, /^ok: 16\.0 GiB free by the machine's memory$/],
    [
      'memory',
      {},
      { budget: () => ({ cpus: 8, memoryBytes: 4 * GIB }) },
      /the cgroup allows 4\.0 GiB of 32\.0 GiB/,
    ],
    ['memory', {}, { freeMemory: async () => ({ bytes: 1e8, limitedBy: 'x' }) }, /^warning/],
    [
      'limits',
      {},
      { readText: async () => 'Max open files            1024   4096  files\n' },
      /^warning: 1024 files/,
    ],
    [
      'limits',
      {},
      { readText: async () => 'Max processes   100   100  processes\n' },
      /^warning: 100 processes/,
    ],
    [
      'limits',
      {},
      { readText: async () => 'Max open files   unlimited unlimited files\n' },
      /^ok: any number/,
    ],
    ['state directory', {}, {}, /^ok: .*data, 100\.0 GiB free/],
    ['state directory', {}, { may: async () => false }, /^problem: .* can't be written by user 1000/],
    [
      'state directory',
      {},
      { diskSpace: async () => ({ free: 1e6, total: 1e12 }) },
      /^warning: .*less than RERANK_CACHE_FREE_BYTES \(1\.0 GiB\)/,
    ],
    ['state directory', {}, { diskSpace: async () => ({ free: 9e7, total: 1e8 }) }, /^ok: /],
    [
      'state directory',
      { RERANK_STATE_DIR: '/a/file' },
      { info: async () => ({ isDirectory: false, mode: 0, uid: 0, modified: new Date() }) },
      /^problem: \/a\/file is a file/,
    ],
    [
      'state directory',
      { RERANK_STATE_DIR: '/not/yet' },
      { info: async (path) => (path === '/' ? await healthyMachine.info('/') : undefined) },
      /^ok: \/not\/yet \(will be made\)/,
    ],
    ['hub cache', {}, { may: async () => false }, /^warning: .* can't be written/],
    ['models directories', { RERANK_MODELS_DIR: '/nowhere' }, none, /^warning: there is no folder \/nowhere/],
    ['models directories', {}, {}, /^ok: .*models: 2 models/],
    ['network', {}, {}, /^ok: hubs: huggingface\.co$/],
    ['network', { HF_HUB_OFFLINE: '1' }, {}, /^ok: offline/],
    ['network', { https_proxy: 'proxy:geheim' }, {}, /^problem: https_proxy is no address/],
    [
      'network',
      { http_proxy: 'http://a:1', HTTP_PROXY: 'http://b:1' },
      {},
      /^warning: http_proxy and HTTP_PROXY/,
    ],
    ['network', { HF_ENDPOINT: 'hub' }, {}, /^problem: a hub endpoint is not a plain HTTP address/],
    ['clock', {}, {}, /^ok/],
    ['clock', {}, { now: () => new Date(0) }, /^warning: it says 1970/],
    ['clock', {}, { now: () => new Date('2026-01-01T12:00:00Z') }, /^warning: .* was written at 2026-01-02/],
  ])('of %s with %j says what is so', async (name, env, different, wanted) => {
    const [first = ''] = await look(name, env, different);
    expect(first).toMatch(wanted);
  });

  it('says how to mend what is wrong, and shows no key', async () => {
    const sick = patient(
      {
        HOST: '0.0.0.0',
        RERANK_DEVICE: 'cuda',
        https_proxy: 'geheim',
        HF_ENDPOINT: 'geheim',
        RERANK_HUB_TOKENS: 'geheim',
      },
      { ...none, uid: 1, freeMemory: async () => ({ bytes: 0, limitedBy: 'x' }) },
    );
    const cheap = checks.filter(({ timeoutMs }) => timeoutMs === undefined);
    const found = (await Promise.all(cheap.map((check) => check.look(sick)))).flat();
    const bad = found.filter(({ status }) => status !== 'ok');
    expect(bad.length).toBeGreaterThan(8);
    for (const { mend } of bad) expect(mend).toMatch(/\w{3}/);
    expect(JSON.stringify(found)).not.toContain('geheim');
  });
});
