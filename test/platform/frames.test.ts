import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeHeader, type Frame, FrameReader } from '../../src/platform/process/frames.ts';

it('puts frames back together, however the stream is cut', () => {
  const frames = fc.array(
    fc.record({ kind: fc.nat(9), id: fc.nat(), payload: fc.uint8Array({ maxLength: 100 }) }),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sent, cuts) => {
      const stream = Buffer.concat(
        sent.flatMap((frame) => [encodeHeader(frame.kind, frame.id, frame.payload.length), frame.payload]),
      );
      const received: Frame[] = [];
      const reader = new FrameReader((frame) => received.push(frame));
      for (let at = 0; at < stream.length; ) {
        const size = cuts.next().value;
        reader.push(stream.subarray(at, at + size));
        at += size;
      }
      expect(received.map((frame) => ({ ...frame, payload: new Uint8Array(frame.payload) }))).toEqual(sent);
    }),
  );
});

it('starts every payload at the beginning of its own buffer, so that typed arrays can view it', () => {
  const received: Frame[] = [];
  const reader = new FrameReader((frame) => received.push(frame));
  reader.push(
    Buffer.concat([encodeHeader(1, 1, 8), Buffer.alloc(8, 1), encodeHeader(1, 2, 4), Buffer.alloc(4, 2)]),
  );
  expect(received.map(({ payload }) => payload.byteOffset)).toEqual([0, 0]);
});

it('refuses a frame that no honest peer would send', () => {
  expect(() => new FrameReader(() => {}).push(encodeHeader(1, 1, 2 ** 31))).toThrow(RangeError);
});
