import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readUpdateRequest } from '../../src/cli/commands/update.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { readServerAddress } from '../../src/cli/server-address.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function updateCommand(...args: readonly string[]) {
  const parsed = parseArguments(['update', 'local://next', ...args]);
  if (parsed.command.name !== 'update') throw new Error(`understood as ${parsed.command.name}`);
  return parsed;
}

const request = (...args: readonly string[]) => readUpdateRequest(updateCommand(...args));

const address = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const command = updateCommand(...args);
  return readServerAddress(command, readConfig({ ...env, ...command.settings }));
};

describe('the flags of rerankd update', () => {
  it('say nothing to the server that was not said to them', () => {
    expect(request()).toEqual({ reference: 'local://next', options: {}, json: false, follow: false });
  });

  it('become the body of POST /update', () => {
    const args =
      '--mode hold --dtype int8 --dry-run --force --wait --min-kendall-tau 0.97 --min-top1-overlap=0.98 --max-threshold-crossing 0.01 --max-latency-ratio 1.5 --threshold 0.4 --shadow-percent 5 --shadow-requests 200 --probation-requests 50 --follow --json';
    expect(request(...args.split(' '))).toEqual({
      reference: 'local://next',
      options: {
        mode: 'hold',
        dtype: 'int8',
        dry_run: true,
        force: true,
        wait: true,
        gates: {
          minKendallTau: 0.97,
          minTop1Overlap: 0.98,
          maxThresholdCrossing: 0.01,
          maxLatencyRatio: 1.5,
          threshold: 0.4,
        },
        shadow: { percent: 5, requests: 200 },
        probation: { requests: 50 },
      },
      json: true,
      follow: true,
    });
    expect(request('--no-probation').options).toEqual({ probation: false });
    expect(request('--rerank-dtype', 'fp16').options).toEqual({ dtype: 'fp16' });
  });

  it('leave the settings of the server alone: --dtype is one elsewhere', () => {
    expect(updateCommand('--dtype', 'int8').settings).toEqual({});
    expect(parseArguments(['compile', 'x', '--dtype', 'int8'])).toMatchObject({
      settings: { RERANK_DTYPE: 'int8' },
      flags: {},
    });
  });

  it.each([
    [['--mode', 'sideways'], /--mode: must be one of auto, beside, hold/],
    [['--dtype', 'int3'], /--dtype: must be one of/],
    [['--min-kendall-tau', ''], /--min-kendall-tau: must be a number/],
    [['--min-kendall-tau', 'high'], /--min-kendall-tau: must be a number/],
    [['--min-kendall-tau=1.1'], /--min-kendall-tau: must be from -1 to 1/],
    [['--max-latency-ratio', '0'], /--max-latency-ratio: must be above 0/],
    [['--probation-requests=-1'], /--probation-requests: must be at least 0/],
    [['--shadow-percent', '5', '--shadow-requests', '0'], /--shadow-requests: must be at least 1/],
    [['--shadow-percent', '5'], /--shadow-percent: .*--shadow-requests/],
    [['--shadow-requests', '5'], /--shadow-requests: .*--shadow-percent/],
    [['--no-probation', '--probation-seconds', '5'], /--no-probation/],
    [['--engines', '4'], /--engines is a setting of the server; "rerankd update" can't change it/],
    [['--top-k', '4'], /--top-k is a flag of "rerankd compare", not of "rerankd update"/],
  ])('are refused when they make no sense: %j', (args, message) => {
    expect(() => request(...args)).toThrow(ConfigError);
    expect(() => request(...args)).toThrow(message);
  });

  it('belong to their command', () => {
    expect(() => parseArguments(['status', '--force'])).toThrow(/--force is a flag of "rerankd update"/);
    expect(() => parseArguments(['serve', '--url', 'x'])).toThrow(/not of "rerankd serve"/);
    expect(() => parseArguments(['update'])).toThrow(/rerankd update REF/);
    expect(() => parseArguments(['status', 'x'])).toThrow(ConfigError);
    expect(parseArguments(['rollback', 'local://old', '--json'])).toEqual({
      command: expect.objectContaining({ name: 'rollback' }),
      operands: ['local://old'],
      settings: {},
      flags: { json: true },
    });
  });
});

describe('the address of the server', () => {
  it.each([
    [{}, 'http://127.0.0.1:8000'],
    [{ HOST: '0.0.0.0', PORT: '9' }, 'http://127.0.0.1:9'],
    [{ HOST: '::', PORT: '9' }, 'http://[::1]:9'],
    [{ HOST: 'fe80::1' }, 'http://[fe80::1]:8000'],
    [{ HOST: 'gpu-1' }, 'http://gpu-1:8000'],
    [{ RERANK_TLS_CERT: 'c', RERANK_TLS_KEY: 'k' }, 'https://127.0.0.1:8000'],
    [{ HOST: '0.0.0.0', RERANK_ADMIN_PORT: '9000' }, 'http://127.0.0.1:9000'],
    [{ RERANK_ADMIN_PORT: '9000', RERANK_ADMIN_HOST: '0.0.0.0' }, 'http://127.0.0.1:9000'],
  ])('is where %j lets it listen', (env, url) => {
    expect(address([], env as Record<string, string>)).toMatchObject({ url, flags: '' });
  });

  it('is what --url says, and messages name it', () => {
    expect(address(['--url', 'https://models.example/rerank/'])).toMatchObject({
      url: 'https://models.example/rerank',
      flags: ' --url https://models.example/rerank',
    });
    expect(address(['--port', '9'])).toMatchObject({ flags: ' --url http://127.0.0.1:9' });
    expect(address(['--port', '9'], { RERANK_ADMIN_PORT: '9000' })).toMatchObject({
      url: 'http://127.0.0.1:9',
    });
  });

  it('comes with the admin key, or with the API key where there is no other', () => {
    const keys = { RERANK_API_KEY: 'a', RERANK_ADMIN_KEY: 'b' };
    expect(address([], keys)).toMatchObject({ key: 'b', keyName: 'RERANK_ADMIN_KEY' });
    expect(address(['--admin-key', 'c'], keys)).toMatchObject({ key: 'c' });
    expect(address([], { RERANK_API_KEY: 'a' })).toMatchObject({ key: 'a', keyName: 'RERANK_API_KEY' });
    expect(address([])).toMatchObject({ key: undefined, keyName: undefined });
  });

  it('comes with the first key of the file where there is no other', async () => {
    const file = join(await temporaryDirectory(), 'keys');
    await writeFile(file, '# who\nops:first\nci:second\n');
    const env = { RERANK_API_KEY: 'a', RERANK_ADMIN_KEYS_FILE: file };
    expect(address([], env)).toMatchObject({ key: 'first', keyName: 'RERANK_ADMIN_KEY' });
    expect(address([], { ...env, RERANK_ADMIN_KEY: 'b' })).toMatchObject({ key: 'b' });
    // Only the server may read it.
    expect(address([], { RERANK_ADMIN_KEYS_FILE: `${file}.gone` })).toMatchObject({ key: undefined });
  });

  it.each([
    [['--url', 'localhost:8000'], /--url: "localhost:8000" is no address/],
    [['--url', 'ftp://x'], /no address/],
    [['--url', 'http://a:b@host'], /RERANK_ADMIN_KEY/],
    [['--port', '0'], /PORT=0/],
  ])('is refused when it is none: %j', (args, message) => {
    expect(() => address(args)).toThrow(message);
  });

  it('shows no key in its message about it', () => {
    expect(() => address([], { RERANK_ADMIN_KEY: 'geheim\u0001' })).toThrow(
      /^RERANK_ADMIN_KEY is not made of printable ASCII/,
    );
  });
});
