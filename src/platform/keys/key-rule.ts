const LONGEST_KEY = 1_024;

/** What an HTTP header can carry whatever the client's encoding, without blanks, which would be cut off or split it. */
const KEY = /^[\x21-\x7e]+$/;

/** @returns what is wrong with a key, to go on after "the key …"; never a part of it. */
export function keyProblem(key: string): string | undefined {
  if (key.trim() === '') return 'is empty or blank';
  if (!KEY.test(key))
    return 'is not made of printable ASCII without blanks, which is what a header can carry';
  return key.length > LONGEST_KEY
    ? `has ${key.length} characters; at most ${LONGEST_KEY} are taken`
    : undefined;
}
