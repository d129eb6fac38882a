import { expect, test } from 'vitest';
import { Bandwidth } from '../../../src/store/download/bandwidth.ts';
import { receive } from '../../../src/store/download/receive.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface Given {
  readonly pieceBytes: number;
  readonly pieces: number;
  /** Milliseconds that the source takes for each piece, and the disk for each flush. */
  readonly sourceMs?: number;
  readonly diskMs?: number;
  readonly length?: number;
}

async function receiveFrom({
  pieceBytes,
  pieces,
  sourceMs = 0,
  diskMs = 0,
  length = pieceBytes * pieces,
}: Given) {
  const clock = new ManualClock();
  const flushed: number[] = [];
  const body = (async function* () {
    for (let piece = 0; piece < pieces; piece += 1) {
      await Promise.resolve();
      clock.advance(sourceMs);
      yield new Uint8Array(pieceBytes);
    }
  })();
  const response = {
    status: 206,
    url: new URL('http://hub.example/'),
    header: () => undefined,
    body,
    discard: () => Promise.resolve(),
  };
  const failure: unknown = await receive(response, {
    clock,
    bandwidth: new Bandwidth({}, clock),
    origin: 'http://hub.example',
    signal: new AbortController().signal,
    length,
    onPiece: () => {},
    flush(given) {
      flushed.push(given.reduce((sum, piece) => sum + piece.length, 0));
      clock.advance(diskMs);
      return Promise.resolve();
    },
  }).catch((thrown: unknown) => thrown);
  return { flushed, failure, bytes: flushed.reduce((sum, bytes) => sum + bytes, 0) };
}

test('what comes fast is written in large steps, what comes slowly twice a second', async () => {
  const fast = await receiveFrom({ pieceBytes: 2 ** 16, pieces: 20 });
  expect(fast.flushed).toEqual([2 ** 19, 2 ** 19, 2 ** 18]);
  const slow = await receiveFrom({ pieceBytes: 1000, pieces: 10, sourceMs: 250 });
  expect(slow.flushed).toEqual([2000, 2000, 2000, 2000, 2000]);
});

test('a source that sends a little now and then is as good as stalled', async () => {
  const dripping = await receiveFrom({ pieceBytes: 1000, pieces: 100, sourceMs: 20_000 });
  expect(dripping.failure).toMatchObject({ reason: 'stalled' });
  expect(dripping.bytes).toBe(2000);
  const slow = await receiveFrom({ pieceBytes: 2 ** 16, pieces: 10, sourceMs: 20_000 });
  expect(slow.failure).toBeUndefined();
});

test('a slow disk is not the fault of the source', async () => {
  const slowDisk = await receiveFrom({ pieceBytes: 1000, pieces: 20, sourceMs: 500, diskMs: 30_000 });
  expect(slowDisk.failure).toBeUndefined();
});

test('too little and too much are noticed, and what came of too little is kept', async () => {
  const short = await receiveFrom({ pieceBytes: 1000, pieces: 3, length: 3001 });
  expect(short).toMatchObject({ failure: { reason: 'truncated' }, bytes: 3000 });
  const long = await receiveFrom({ pieceBytes: 1000, pieces: 3, length: 2999 });
  expect(long).toMatchObject({ failure: { reason: 'too_long' }, bytes: 2000 });
});
