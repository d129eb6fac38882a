import { type Logger, pino } from 'pino';

/** A logger that prints nothing and remembers what it was told. */
export class LogBook {
  readonly messages: string[] = [];
  readonly logger: Logger = pino({ level: 'debug' }, { write: (line: string) => this.#note(line) });

  /** The first message that matches. */
  find(pattern: RegExp): string | undefined {
    return this.messages.find((message) => pattern.test(message));
  }

  #note(line: string): void {
    this.messages.push((JSON.parse(line) as { msg?: string }).msg ?? '');
  }
}
