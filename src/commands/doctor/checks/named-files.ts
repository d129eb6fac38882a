import { type Check, type Finding, ok, problem, warning } from '../check.ts';

/** Settings that name a file; true where others may not read it. */
const FILES: Readonly<Record<string, boolean>> = {
  RERANK_GOLDEN: false,
  RERANK_PROBE_SET: false,
  RERANK_API_KEYS_FILE: true,
  RERANK_ADMIN_KEYS_FILE: true,
  RERANK_TLS_CERT: false,
  RERANK_TLS_KEY: true,
};

/** Read permission for everybody. */
const WORLD_READABLE = 0o004;

/** Can the files be read that settings name? */
export const namedFilesCheck: Check = {
  name: 'named files',
  async look({ env, machine }) {
    const found: Finding[] = [];
    for (const [name, isSecret] of Object.entries(FILES)) {
      const path = env[name];
      if (path === undefined || path === '') continue;
      const info = await machine.info(path);
      if (info === undefined || info.isDirectory || !(await machine.may('read', path)))
        found.push(
          problem(`${name}: ${path} is no file that can be read`, 'Correct the path or the permissions.'),
        );
      else if (isSecret && (info.mode & WORLD_READABLE) !== 0)
        found.push(warning(`${name}: every user of this machine may read ${path}`, `chmod o-r ${path}`));
      else found.push(ok(`${name}: ${path}`));
    }
    return found.length === 0 ? [ok('none')] : found;
  },
};
