import { type Html, html, joined } from './html.ts';

/** As much of JSON Schema as the document has of it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The fields of an object in a table, those of objects within it below them, indented by their path. */
export function schemaView(schema: Schema): Html {
  const rows = fieldRows(schema, '');
  if (rows.length === 0) return html`<p class="type">${typeOf(schema)}</p>`;
  return html`${schema.type === 'array' ? html`<p>A list of:</p>` : undefined}<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function fieldRows(schema: Schema, prefix: string): readonly Html[] {
  const object = objectIn(schema);
  return Object.entries(object?.properties ?? {}).flatMap(([name, field]) => [
    fieldRow(`${prefix}${name}`, field, object?.required?.includes(name) === true),
    ...fieldRows(field, `${prefix}${name}.`),
  ]);
}

/** The object that a schema is about: itself, what a list holds, or the only one of several forms. */
function objectIn(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return objectIn(schema.items);
  const objects = (schema.anyOf ?? []).map(objectIn).filter((found) => found !== undefined);
  return objects.length === 1 ? objects[0] : undefined;
}

function fieldRow(name: string, schema: Schema, isRequired: boolean): Html {
  const mark = isRequired ? html`` : html`<span class="optional" title="may be missing">?</span>`;
  return html`<tr><td><code>${name}</code>${mark}</td><td class="type">${typeOf(schema)}</td><td>${schema.description}</td></tr>`;
}

/** "text", "list of whole numbers": in words, with links to named schemas. */
function typeOf(schema: Schema): Html {
  const { $ref, anyOf, items, type, enum: values } = schema;
  if ($ref !== undefined) return schemaLink($ref);
  if ('const' in schema) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (values !== undefined)
    return joined(
      values.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      ' or ',
    );
  if (anyOf !== undefined) return alternatives(anyOf.map(typeOf));
  if (type === 'array') return html`list of ${items === undefined ? 'anything' : typeOf(items)}`;
  const types = [type ?? 'any'].flat();
  return alternatives(types.map((name) => html`${WORDS[name] ?? name}`));
}

/** Once each: a boolean or its text is one of two ways to say the same, but two texts are one. */
function alternatives(types: readonly Html[]): Html {
  const once = new Map(types.map((type) => [type.text, type]));
  return joined([...once.values()], ' or ');
}

export function schemaLink(pointer: string): Html {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  return html`<a href="#schema-${name}">${name}</a>`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  any: 'anything',
};
