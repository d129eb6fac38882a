import { type Check, type Finding, ok, warning } from '../check.ts';

/** Who may ask, and who may change the model? */
export const accessCheck: Check = {
  name: 'access',
  async look({ config, env }) {
    const { host, apiKey, adminKey } = config;
    const isPublic = !/^(localhost|127\.|::1$)/.test(host);
    const hasApiKey = apiKey !== undefined || isSet(env['RERANK_API_KEYS_FILE']);
    const hasAdminKey = adminKey !== undefined || isSet(env['RERANK_ADMIN_KEYS_FILE']);
    const found: Finding[] = [];
    if (isPublic && !hasApiKey) {
      found.push(
        warning(
          `HOST=${host} and no RERANK_API_KEY: whoever reaches this machine may ask`,
          'Set a key, or let only a proxy that asks for one reach it (docs/security.md).',
        ),
      );
    }
    if (isPublic && !hasAdminKey) {
      found.push(
        warning(
          'no RERANK_ADMIN_KEY: only programs on this machine may change the model',
          'Set one to call /update from elsewhere.',
        ),
      );
    }
    if (apiKey !== undefined && apiKey === adminKey) {
      found.push(
        warning(
          'RERANK_API_KEY and RERANK_ADMIN_KEY are the same: whoever may ask may change the model',
          'Take two.',
        ),
      );
    }
    if (found.length > 0) return found;
    return [ok(hasApiKey ? 'an API key is asked for' : 'no API key; it listens on this machine only')];
  },
};

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
