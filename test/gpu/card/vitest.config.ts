import { defineConfig } from 'vitest/config';

/** Tests for a machine with a card: `npm run test:gpu`, never part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/gpu/card/**/*.card.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One card, and tests that look at its memory.
    maxWorkers: 1,
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
