import { type Check, ok, problem, warning } from '../check.ts';

/** The one that everything is tested with. */
const TESTED_MAJOR = 24;

/** Is this a Node that rerankd runs on? */
export const nodeCheck: Check = {
  name: 'Node',
  async look({ machine: { nodeVersion, platform, arch } }) {
    const major = Number(nodeVersion.split('.')[0]);
    const what = `v${nodeVersion} on ${platform} ${arch}`;
    const mend = `Run it with Node ${TESTED_MAJOR}: npm ci brings one for "npm start" and "npx rerankd".`;
    if (major < TESTED_MAJOR) return [problem(`${what} is too old`, mend)];
    return [major === TESTED_MAJOR ? ok(what) : warning(`${what} was not tested`, mend)];
  },
};
