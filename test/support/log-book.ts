import { type Logger, pino } from 'pino';

type Line = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** A logger that prints nothing and remembers what it was told. */
export class LogBook {
  readonly lines: Line[] = [];
  readonly logger: Logger = pino(
    { level: 'debug' },
    { write: (line: string) => void this.lines.push(JSON.parse(line) as Line) },
  );

  get messages(): string[] {
    return this.lines.map(({ msg }) => msg ?? '');
  }

  /** The first message that matches. */
  find(pattern: RegExp): string | undefined {
    return this.messages.find((message) => pattern.test(message));
  }
}
