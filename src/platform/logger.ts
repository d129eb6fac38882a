import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** `json` is one object a line for collectors; `text` is for a person; `auto` is text at a terminal. */
  readonly format: 'json' | 'text' | 'auto';
}

/** Structured logs on standard output. Keys that may hold a secret are never printed. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    redact: ['authorization', 'headers.authorization', 'apiKey', 'adminKey'],
    base: null,
  };
  const isText = options.format === 'text' || (options.format === 'auto' && process.stdout.isTTY);
  if (!isText) return pino({ ...settings, timestamp: pino.stdTimeFunctions.isoTime });
  return pino(
    settings,
    pretty({ translateTime: 'HH:MM:ss', ignore: 'pid,hostname', sync: true, singleLine: true }),
  );
}
