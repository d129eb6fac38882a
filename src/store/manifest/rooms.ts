import { Mutex } from 'async-mutex';

/** Has those who want the same thing come one after the other. */
export class Rooms {
  readonly #rooms = new Map<string, { readonly mutex: Mutex; guests: number }>();

  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const room = this.#rooms.get(name) ?? { mutex: new Mutex(), guests: 0 };
    this.#rooms.set(name, room);
    room.guests += 1;
    try {
      return await room.mutex.runExclusive(work);
    } finally {
      room.guests -= 1;
      if (room.guests === 0) this.#rooms.delete(name);
    }
  }
}
