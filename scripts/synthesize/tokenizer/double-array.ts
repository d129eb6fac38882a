/** One node of a trie over bytes. */
interface Node {
  readonly children: Map<number, Node>;
  /** Set where a key ends. */
  value?: number;
}

/** Offsets have 21 bits unless a flag shifts them, which tries of this size don't need. */
const OFFSET_LIMIT = 1 << 21;
const HAS_LEAF = 1 << 8;
const IS_LEAF = 0x8000_0000;
const ALPHABET = 256;

/**
 * A trie as an array, in the format of Darts-clone (https://github.com/s-yata/darts-clone), which sentencepiece keeps
 * its normalisation rules in. A unit has its label in bits 0 to 7, whether a key ends there in bit 8, and in bits 10 to
 * 30 the offset that, XORed with its own index, gives the base of its children: the child for byte c is at base XOR c,
 * and the value of a key that ends there is at the base itself, marked by bit 31.
 * @param entries non-empty keys without a zero byte, and values of 31 bits.
 */
export function doubleArray(entries: Iterable<readonly [key: Uint8Array, value: number]>): Uint32Array {
  const root: Node = { children: new Map() };
  for (const [key, value] of entries) insert(root, key, value);
  const units: number[] = [];
  const taken: boolean[] = [true];
  const isBase: boolean[] = [];
  let lastBase = 0;
  let firstFree = 1;
  const waiting: { readonly node: Node; readonly at: number; readonly label: number }[] = [
    { node: root, at: 0, label: 0 },
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { node, at, label } = next;
    const labels = [...(node.value === undefined ? [] : [0]), ...node.children.keys()];
    while (taken[firstFree] === true) firstFree++;
    let base = firstFree;
    // Two nodes with one base would take each other's children for their own.
    while (isBase[base] === true || labels.some((child) => taken[base ^ child] === true)) base++;
    isBase[base] = true;
    lastBase = Math.max(lastBase, base);
    const offset = at ^ base;
    if (offset >= OFFSET_LIMIT) throw new RangeError('too many keys for offsets of 21 bits');
    units[at] = ((offset << 10) | label | (node.value === undefined ? 0 : HAS_LEAF)) >>> 0;
    for (const child of labels) taken[base ^ child] = true;
    if (node.value !== undefined) units[base] = (node.value | IS_LEAF) >>> 0;
    for (const [child, below] of node.children) waiting.push({ node: below, at: base ^ child, label: child });
  }
  // A look-up may ask for any byte under any base.
  const length = Math.ceil((lastBase + 1) / ALPHABET) * ALPHABET;
  return Uint32Array.from({ length }, (_, index) => units[index] ?? 0);
}

function insert(root: Node, key: Uint8Array, value: number): void {
  let node = root;
  for (const byte of key) {
    const below: Node = node.children.get(byte) ?? { children: new Map() };
    node.children.set(byte, below);
    node = below;
  }
  node.value = value;
}
