import type { Request } from 'express';

/**
 * The keys that came with a request, in every spelling that clients of rerank servers use: Bearer in any case, the raw key,
 * and two headers of their own. Empty ones are none.
 */
export function presentedKeys(request: Pick<Request, 'get'>): string[] {
  const authorization = request.get('authorization')?.replace(/^bearer(\s+|$)/i, '');
  const given = [authorization, request.get('api-key'), request.get('x-api-key')]
    .map((key) => key?.trim() ?? '')
    .filter((key) => key !== '');
  return [...new Set(given)];
}
