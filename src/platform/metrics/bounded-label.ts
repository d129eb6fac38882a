/** The value that stands for all beyond the bound. */
const OTHER = 'other';

/**
 * Keeps a label within a bound: the first `most` different values keep their names, all later ones become `other`. Every value of
 * a label is a series that is kept for ever, here and in Prometheus.
 */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most) return OTHER;
    known.add(value);
    return value;
  };
}

const METHODS = new Set(['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'PATCH']);

/** The method of a request as a label: those that mean something here, and `other`. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}
