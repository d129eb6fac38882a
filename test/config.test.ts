import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

describe('the configuration', () => {
  it('has the defaults of the contract', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      model: 'local://demo',
      device: 'auto',
      dtype: 'auto',
      engines: 'auto',
      threads: 'auto',
      maxLengthTokens: 'auto',
      apiKey: undefined,
      adminKey: undefined,
    });
  });

  it('takes empty variables for absent ones, as compose files pass them', () => {
    expect(readConfig({ PORT: '', RERANK_API_KEY: '' })).toMatchObject({ port: 8000, apiKey: undefined });
  });

  it('names every wrong setting at once', () => {
    const wrong = { PORT: '70000', RERANK_DEVICE: 'tpu', RERANK_ENGINES: '0', RERANK_MAX_BODY_BYTES: 'big' };
    expect(() => readConfig(wrong)).toThrow(ConfigError);
    for (const [name, value] of Object.entries(wrong)) {
      expect(() => readConfig(wrong)).toThrow(new RegExp(`${name}="${value}"`));
    }
  });

  it('never repeats keys and tokens, whatever is wrong with them', () => {
    const wrong = [
      'm.example=hf_TOPSECRET',
      'https://m.example=a,hf_TOPSECRET',
      'https://m.example:hf_TOPSECRET',
      'ftp://m.example=hf_TOPSECRET',
      'https://hf_TOPSECRET@m.example=x',
      'https://m.example/path=hf_TOPSECRET',
    ];
    for (const value of wrong) {
      const read = () => readConfig({ RERANK_HUB_TOKENS: value });
      expect(read).toThrow(/^RERANK_HUB_TOKENS must be a list like .*; entry [12] is not like that$/);
      expect(read).not.toThrow(/TOPSECRET/);
    }
    const { store } = readConfig({ RERANK_HUB_TOKENS: 'https://a.example=x=y, http://b.example:8080/=z' });
    expect(store.hubTokens).toEqual([
      ['https://a.example', 'x=y'],
      ['http://b.example:8080', 'z'],
    ]);
  });

  it.each(['RERANK_API_KEY', 'RERANK_ADMIN_KEY'])('takes no %s that nobody could present', (name) => {
    expect(() => readConfig({ [name]: ' \n' })).toThrow(`${name} is empty`);
    for (const key of ['gehäuse', 'two words', 'tab\tbed', '\u{1f511}'])
      expect(() => readConfig({ [name]: key })).toThrow(
        `${name} is not made of printable ASCII without blanks, which is what a header can carry`,
      );
    expect(() => readConfig({ [name]: 'k'.repeat(1025) })).toThrow(`${name} has 1025 characters`);
    const { access } = readConfig({ [name]: ' secret\n' });
    expect([access.api.key, access.admin.key]).toContain('secret');
  });

  it('takes bytes as people write them', () => {
    expect(readConfig({ RERANK_CACHE_MAX_BYTES: '20GiB' }).store.maxBytes).toBe(20 * 2 ** 30);
    expect(readConfig({ RERANK_MAX_BODY_BYTES: '1.5 MB' }).maxBodyBytes).toBe(1_500_000);
    expect(readConfig({ RERANK_CACHE_FREE_BYTES: '900' }).store.freeBytes).toBe(900);
    expect(() => readConfig({ RERANK_CACHE_MAX_BYTES: '20 apples' })).toThrow(
      'RERANK_CACHE_MAX_BYTES="20 apples" must be a number of bytes, such as 20000000000 or 20GiB',
    );
  });

  it('notices settings that do not exist', () => {
    expect(readConfig({ RERANK_MODLE: 'x' }).unknownSettings).toEqual(['RERANK_MODLE']);
  });

  it('keeps keys and tokens from the children', () => {
    const { childEnv } = readConfig({
      RERANK_ADMIN_KEY: 's',
      HF_TOKEN: 's',
      CUDA_VISIBLE_DEVICES: '1',
      PATH: '/bin',
    });
    expect(childEnv).toMatchObject({ CUDA_VISIBLE_DEVICES: '1', PATH: '/bin' });
    expect(Object.values(childEnv)).not.toContain('s');
  });

  it('keeps ONNX Runtime from reporting to anybody, whatever the environment says', () => {
    expect(readConfig({ ORT_DISABLE_TELEMETRY: '0' }).childEnv).toMatchObject({ ORT_DISABLE_TELEMETRY: '1' });
  });
});
