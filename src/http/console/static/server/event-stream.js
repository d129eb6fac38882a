/** Cuts an event stream into the data of its messages (WHATWG HTML, 9.2.6). Names, ids and comments are skipped. */
export class EventStream {
  #rest = '';
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} text what came next, cut anywhere
   * @returns {string[]} the data of the messages that are complete now
   */
  push(text) {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    const messages = [];
    for (const line of lines) {
      if (line.startsWith('data:')) this.#data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      if (line !== '' || this.#data.length === 0) continue;
      messages.push(this.#data.join('\n'));
      this.#data = [];
    }
    return messages;
  }
}
