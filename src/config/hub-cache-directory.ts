import { join } from 'node:path';

/** Where huggingface_hub keeps models, by the same variables and in the same order. */
export function hubCacheDirectory(settings: {
  readonly hfHubCache?: string | undefined;
  readonly hfHome?: string | undefined;
  readonly xdgCacheHome?: string | undefined;
  readonly home: string;
}): string {
  const { hfHubCache, hfHome, xdgCacheHome, home } = settings;
  const inHome = (path: string): string => (/^~(?=\/|$)/.test(path) ? join(home, path.slice(1)) : path);
  if (hfHubCache) return inHome(hfHubCache);
  return join(inHome(hfHome || join(xdgCacheHome || join(home, '.cache'), 'huggingface')), 'hub');
}
