import { describe, expect, it } from 'vitest';
import { nearRoutes } from '../../src/http/near-routes.ts';

const known = ['/rerank', '/v1/rerank', '/v2/rerank', '/update', '/models', '/info', '/readyz'];

describe('routes that may have been meant', () => {
  it.each([
    ['/v1/v1/rerank', ['/v1/rerank', '/rerank']],
    ['/api/v2/rerank', ['/v2/rerank', '/rerank']],
    ['//rerank', ['/rerank']],
    ['/ReRank/', ['/rerank']],
    ['/rerrank', ['/rerank']],
    ['/v3/rerank', ['/rerank', '/v1/rerank', '/v2/rerank']],
    ['/model', ['/models']],
    ['/ready', ['/readyz']],
    ['/v1/chat/completions', []],
    ['/', []],
    ['/x'.repeat(5_000), []],
  ])('for %s are found', (path, expected) => {
    expect(nearRoutes(path, known)).toEqual(expected);
  });
});
