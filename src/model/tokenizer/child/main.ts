/** The tokenizer process: encodes pairs off the HTTP thread. Started by tokenizer.ts, never imported. */
import { serveCalls } from '../../../platform/process/serve-calls.ts';
import { PairEncoder } from '../pair-encoder.ts';
import {
  decodeInspectRequest,
  decodeRequest,
  encodeInspection,
  encodePairs,
  TokenizerCall,
} from '../protocol.ts';

let encoder: PairEncoder | undefined;

function loaded(): PairEncoder {
  if (encoder === undefined) throw new Error('no tokenizer is loaded');
  return encoder;
}

serveCalls({
  [TokenizerCall.load]: async (payload) => {
    encoder = await PairEncoder.load(payload.toString());
    return new Uint8Array();
  },
  [TokenizerCall.encode]: async (payload) => {
    const { query, documents, maxLength, cut } = decodeRequest(payload);
    return encodePairs(await loaded().encode(query, documents, maxLength, cut));
  },
  [TokenizerCall.inspect]: async (payload) =>
    encodeInspection(await loaded().inspect(decodeInspectRequest(payload))),
});
