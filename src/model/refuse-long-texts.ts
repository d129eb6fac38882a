import { ServiceError } from '../errors.ts';
import { Mark } from './tokenizer/protocol.ts';

const HOW_TO_HAVE_THE_QUERY_TAKEN = 'Shorten it, or leave strict_truncation out to have it cut.';

const HOW_TO_HAVE_IT_SCORED =
  'Leave strict_truncation out to have long texts cut, or ask for {"long_document": "max_passage"} to have documents scored window by window.';

/**
 * For requests that would rather have no answer than one about a part of a text.
 * @param marks of the rows of some documents, the first of which stands at `offset` in the request.
 * @throws ServiceError input_too_long that names the first text that was cut.
 */
export function requireWhole(marks: Uint8Array, offset: number, maxLength: number): void {
  let document = offset - 1;
  for (const mark of marks) {
    if ((mark & Mark.sameDocument) === 0) document++;
    if ((mark & Mark.queryCut) !== 0) {
      refuse(
        `the query is too long: a pair may have ${maxLength} tokens, of which it may have three quarters`,
        HOW_TO_HAVE_THE_QUERY_TAKEN,
      );
    }
    if ((mark & Mark.documentCut) !== 0) {
      refuse(
        `the document at index ${document} does not fit: a pair with the query may have ${maxLength} tokens`,
        HOW_TO_HAVE_IT_SCORED,
      );
    }
  }
}

function refuse(message: string, detail: string): never {
  throw new ServiceError('input_too_long', message, { detail });
}
