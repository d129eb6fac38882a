/** The tokenizer process: encodes pairs off the HTTP thread. Started by tokenizer.ts, never imported. */
import { serveCalls } from '../../../platform/process/serve-calls.ts';
import { PairEncoder } from '../pair-encoder.ts';
import { decodeRequest, encodePairs, TokenizerCall } from '../protocol.ts';

let encoder: PairEncoder | undefined;

serveCalls({
  [TokenizerCall.load]: async (payload) => {
    encoder = await PairEncoder.load(payload.toString());
    return new Uint8Array();
  },
  [TokenizerCall.encode]: async (payload) => {
    if (encoder === undefined) throw new Error('no tokenizer is loaded');
    const { query, documents, maxLength } = decodeRequest(payload);
    return encodePairs(await encoder.encode(query, documents, maxLength));
  },
});
