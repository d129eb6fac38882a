/** A number that Python has as a float: written with a point or an exponent, which strict config classes ask for. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type JsonValue = string | number | boolean | null | PythonFloat | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Shorthand for a `PythonFloat`. */
export function float(value: number): PythonFloat {
  return new PythonFloat(value);
}

/** The text that Python's `json.dumps(value, indent=2, sort_keys=True)` gives, with a newline at its end. */
export function pythonJson(value: JsonValue): string {
  return `${render(value, '\n')}\n`;
}

function render(value: JsonValue, lineBreak: string): string {
  const inner = `${lineBreak}  `;
  if (value instanceof PythonFloat) return renderFloat(value.value);
  if (Array.isArray(value)) {
    const items: string[] = value.map((item: JsonValue) => render(item, inner));
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${lineBreak}]`;
  }
  if (typeof value === 'object' && value !== null) {
    // Object.keys has whole numbers in numeric order, as Python's dicts of labels are sorted before they are text.
    const keys = Object.keys(value);
    const sorted = keys.every((key) => /^\d+$/.test(key)) ? keys : keys.toSorted();
    const members = sorted.map(
      (key) => `${JSON.stringify(key)}: ${render((value as JsonObject)[key] ?? null, inner)}`,
    );
    return members.length === 0 ? '{}' : `{${inner}${members.join(`,${inner}`)}${lineBreak}}`;
  }
  return JSON.stringify(value);
}

/** Python's `repr` of a float: 2.0, 0.02, 1e-05. */
function renderFloat(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e-');
    return `${mantissa}e-${exponent.padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
