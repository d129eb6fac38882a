import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CommandProgress } from '../../src/commands/command-progress.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { TextRecorder } from '../support/text-recorder.ts';
import { until } from '../support/until.ts';

const progressAt = (output: TextRecorder) =>
  new CommandProgress(output as unknown as WriteStream, new ManualClock());

// The bar is drawn in another way where its library finds that nobody looks on.
beforeEach(() => {
  vi.stubEnv('CI', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('a line of the log takes the place of the bar, which comes again below it', async () => {
  const output = new TextRecorder({ isTTY: true });
  const progress = progressAt(output);
  progress.compiling('int8', 0.5);
  await until('the bar is drawn', () => output.text.includes('compile (int8)'));
  const before = output.text.length;
  const logger = createLogger({ level: 'warn', format: 'text', destination: progress });
  logger.warn('there is no GPU');
  const written = output.text.slice(before);
  expect(written).toMatch(/WARN.*: there is no GPU\n/s);
  // To the first column, and all that is right of it and below goes.
  expect(written.startsWith('\u001B[1G\u001B[J')).toBe(true);
  await until(
    'the bar is drawn again',
    () => output.text.lastIndexOf('compile (int8)') > output.text.indexOf('GPU'),
  );
  progress.stop();
});

it('a line of the log is just written where there is no bar', () => {
  const output = new TextRecorder();
  const progress = progressAt(output);
  progress.enter('compile');
  createLogger({ level: 'warn', format: 'text', destination: progress }).warn('there is no GPU');
  expect(output.text).toMatch(/^compile …\n\[\d\d:\d\d:\d\d\] WARN: there is no GPU\n$/);
});
