import { type Check, ok, problem, warning } from '../check.ts';

/** Does every setting that was given exist, and hold a value that can be used? */
export const settingsCheck: Check = {
  name: 'settings',
  async look({ wrongSettings, config }) {
    const found = [
      ...wrongSettings.map((message) =>
        problem(message, '"rerankd help settings" says what it takes. Here it counts as not set.'),
      ),
      ...config.unknownSettings.map((name) =>
        warning(`${name} is not a setting`, 'A typing mistake? It has no effect.'),
      ),
    ];
    return found.length === 0 ? [ok('all can be used')] : found;
  },
};
