import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeRagged, decodeRunReply, encodeRagged, encodeRunReply } from '../../src/engine/protocol.ts';

it('carries ragged rows unchanged', () => {
  const rows = fc.array(fc.array(fc.record({ id: fc.integer(), type: fc.nat(1) }), { maxLength: 20 }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(rows, (script) => {
      const flat = script.flat();
      const tokens = {
        lengths: Uint32Array.from(script, (row) => row.length),
        ids: Int32Array.from(flat, ({ id }) => id),
        typeIds: Uint8Array.from(flat, ({ type }) => type),
      };
      expect(decodeRagged(encodeRagged(tokens))).toEqual(tokens);
    }),
  );
});

it('carries logits unchanged, those that are not numbers included', () => {
  const logits = Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY);
  const reply = { runMs: 12.25, computeMs: 3.5, logits };
  expect(decodeRunReply(encodeRunReply(reply))).toEqual(reply);
});
