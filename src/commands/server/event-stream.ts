/** One message of an event stream. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** Characters of one message, or of one line. A report with a comparison has some ten thousand. */
const MAX_CHARACTERS = 4 * 2 ** 20;

/**
 * Cuts an event stream into messages (WHATWG HTML, 9.2.6 "Interpreting an event stream"). Comments and the fields `id` and
 * `retry` are skipped: who reads here knows by itself when to connect again.
 */
export class EventStreamParser {
  #rest = '';
  #name = '';
  #data: string[] = [];
  #characters = 0;
  #isFirst = true;

  /**
   * @param text what came next, cut anywhere.
   * @returns the messages that are complete now.
   * @throws RangeError for a message that is too long to be one of ours.
   */
  push(text: string): ServerEvent[] {
    const lines = this.#linesOf(text);
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== '') this.#takeField(line);
      else if (this.#data.length > 0) events.push(this.#finish());
      else this.#reset();
    }
    return events;
  }

  #linesOf(text: string): string[] {
    let all = this.#rest + text;
    if (this.#isFirst && all !== '') {
      this.#isFirst = false;
      all = all.replace(/^\uFEFF/, '');
    }
    // A carriage return at the end may be half of a line end.
    const held = all.endsWith('\r') ? '\r' : '';
    const lines = all.slice(0, all.length - held.length).split(/\r\n|\r|\n/);
    this.#rest = `${lines.pop() ?? ''}${held}`;
    if (this.#rest.length > MAX_CHARACTERS) throw tooLong();
    return lines;
  }

  #takeField(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#characters += line.length;
    if (this.#characters > MAX_CHARACTERS) throw tooLong();
    if (field === 'event') this.#name = value;
    if (field === 'data') this.#data.push(value);
  }

  #finish(): ServerEvent {
    const event = { name: this.#name === '' ? 'message' : this.#name, data: this.#data.join('\n') };
    this.#reset();
    return event;
  }

  #reset(): void {
    this.#name = '';
    this.#data = [];
    this.#characters = 0;
  }
}

function tooLong(): RangeError {
  return new RangeError(`a message of the event stream is longer than ${MAX_CHARACTERS} characters`);
}
