import { describe, expect, it } from 'vitest';
import { ModelNames } from '../../src/rerank/model-names.ts';

const served = { reference: 'hf://BAAI/bge-reranker-base@abc' };

describe('the names of the model', () => {
  it('are all taken, unless the server is strict', () => {
    const names = new ModelNames({ aliases: [], strict: false });
    for (const asked of [undefined, '', 'rerank-v3.5', served.reference]) names.require(asked, served);
  });

  it('are the reference, its shorter spellings and the aliases for a strict server', () => {
    const names = new ModelNames({ aliases: ['reranker'], strict: true });
    const known = [
      undefined,
      '',
      'reranker',
      served.reference,
      'BAAI/bge-reranker-base@abc',
      'BAAI/bge-reranker-base',
    ];
    for (const asked of known) names.require(asked, served);
    names.require('demo', { reference: 'local://demo' });
    for (const asked of ['rerank-v3.5', 'BAAI', 'bge-reranker-base', 'hf://', 'Reranker']) {
      expect(() => names.require(asked, served), asked).toThrow(/there is no model/);
    }
  });

  it('are listed with the reference first, each once', () => {
    const names = new ModelNames({ aliases: ['a', 'local://demo', 'b', 'a'], strict: false });
    expect(names.of({ reference: 'local://demo' })).toEqual(['local://demo', 'a', 'b']);
  });
});
