/**
 * Does something with each item, in order of their coming, several at a time. The first failure ends all others through
 * the signal that they are given, and is thrown when all of them are over.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  workers: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      try {
        either.throwIfAborted();
        await work(next.value, either);
      } catch (error) {
        failure.abort(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  either.throwIfAborted();
}
