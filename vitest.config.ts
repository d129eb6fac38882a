import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes start in many tests, on machines with two cores too.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Some tests run ONNX Runtime themselves; its builds report to Microsoft unless told not to.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
