import { oneOf, setting } from './rules.ts';

/** The page at /ui. */
export const consoleSettings = {
  RERANK_CONSOLE: setting(
    oneOf('on', 'off').default('on'),
    'the page at `/ui` for a browser; what it shows and does needs the same keys as elsewhere',
  ),
} as const;
