import { type Logger, pino } from 'pino';
import pretty, { prettyFactory } from 'pino-pretty';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** `json` is one object a line for collectors; `text` is for a person; `auto` is text at a terminal. */
  readonly format: 'json' | 'text' | 'auto';
  /** Standard output for servers; standard error for commands whose output is their result. */
  readonly destination?: 1 | 2 | LogLines;
}

/** Takes lines as text, one or more at a time. */
interface LogLines {
  write(text: string): void;
}

const TEXT = { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true } as const;

/** Structured logs. Keys that may hold a secret are never printed. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    redact: ['authorization', 'headers.authorization', 'apiKey', 'adminKey'],
    base: null,
  };
  const { destination = 1, format } = options;
  if (typeof destination === 'object') {
    const prettify = prettyFactory(TEXT);
    return pino(settings, { write: (line: string) => destination.write(prettify(line) ?? '') });
  }
  const stream = destination === 1 ? process.stdout : process.stderr;
  const isText = format === 'text' || (format === 'auto' && stream.isTTY);
  if (!isText)
    return pino({ ...settings, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(destination));
  return pino(settings, pretty({ ...TEXT, sync: true, destination }));
}
