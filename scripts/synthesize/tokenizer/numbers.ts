/** Numbers that texts are full of: up to three digits, and years. */
export function* numbers(): Generator<string> {
  for (let number = 0; number < 1000; number++) yield String(number);
  for (let year = 2035; year >= 1700; year--) yield String(year);
}
