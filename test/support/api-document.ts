import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../src/http/openapi/document.ts';

type Json = Readonly<Record<string, unknown>>;

const URL = 'https://rerankd.test/openapi.json';

interface MediaType {
  readonly schema: Json;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}

interface Described {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

/** What the document says of one method of one path. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, Described & { readonly $ref?: string }>>;
}

/** The OpenAPI document as a reader has it, and answers held against it. */
export class ApiDocument {
  readonly document: Json;
  readonly operations: readonly DocumentedOperation[];
  readonly #ajv: Ajv2020;

  constructor() {
    // Through JSON: what is undefined is not there.
    this.document = JSON.parse(JSON.stringify(openApiDocument('test'))) as Json;
    this.operations = Object.entries(this.document.paths as Record<string, Json>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...(operation as Omit<DocumentedOperation, 'method' | 'path'>),
        method: method.toUpperCase(),
        path,
      })),
    );
    this.#ajv = new Ajv2020({
      strict: true,
      allErrors: true,
      allowUnionTypes: true,
      strictTypes: false,
      strictRequired: false,
    });
    this.#ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
    for (const name of Object.keys(this.document))
      this.#ajv.addKeyword(name === 'components' ? name : `x-${name}`);
    this.#ajv.addSchema({ $id: URL, components: closed(this.document.components) });
  }

  /** What a reference of the document leads to. */
  resolve<T>(pointer: string): T {
    const parts = pointer.replace('#/', '').split('/');
    return parts.reduce<unknown>((value, part) => (value as Json)[part], this.document) as T;
  }

  /** Of answers: with every field that the document does not have refused. Of requests: as it is. */
  validator(schema: Json): ValidateFunction {
    return this.#ajv.compile(rooted(closed(schema)) as Json);
  }

  operation(method: string, path: string): DocumentedOperation {
    const known = this.operations.filter((operation) => operation.method === method);
    const found = ['[^/]+', '.+']
      .map((name) => known.find((operation) => pattern(operation.path, name).test(path)))
      .find((operation) => operation !== undefined);
    if (found === undefined) throw new Error(`the document has no ${method} ${path}`);
    return found;
  }

  /** What is wrong with an answer, by the document; nothing when it is as documented. */
  faultsOf(
    method: string,
    path: string,
    answer: { status: number; headers: Headers; body: unknown },
  ): string[] {
    const { responses } = this.operation(method, path);
    const listed = responses[String(answer.status)];
    if (listed === undefined) return [`${answer.status} is not documented`];
    const response = listed.$ref === undefined ? listed : this.resolve<Described>(listed.$ref);
    return [...this.#headerFaults(response, answer.headers), ...this.#bodyFaults(response, answer)];
  }

  #headerFaults({ headers = {} }: Described, sent: Headers): string[] {
    return Object.entries(headers).flatMap(([name, { $ref }]) => {
      const { required = false, schema } = this.resolve<{ required?: boolean; schema: Json }>($ref);
      const value = sent.get(name);
      if (value === null) return required ? [`the header ${name} is missing`] : [];
      const isNumber = schema.type === 'integer' || schema.type === 'number';
      return this.validator(schema)(isNumber ? Number(value) : value)
        ? []
        : [`the header ${name} is ${value}`];
    });
  }

  #bodyFaults({ content }: Described, { headers, body }: { headers: Headers; body: unknown }): string[] {
    const mediaType = headers.get('content-type')?.split(';')[0];
    if (content === undefined) return body === '' ? [] : ['it has a body'];
    const media = content[mediaType ?? ''] ?? content['*/*'];
    if (media === undefined) return [`it is ${mediaType}`];
    if (mediaType === 'text/event-stream') return [];
    const validate = this.validator(media.schema);
    return validate(body)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }
}

/** @param name what may take the place of a parameter: `/v1/models/{id}` takes an id with slashes in it, too. */
function pattern(path: string, name: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, name)}$`);
}

/** Without room for fields that are not described: clients must bear them, tests must not. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  const isObject = 'properties' in entries && !('additionalProperties' in entries) && !('anyOf' in entries);
  return isObject && entries.type === 'object' ? { ...entries, additionalProperties: false } : entries;
}

/** With references to the document, not to itself. */
function rooted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rooted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? `${URL}${String(inner)}` : rooted(inner),
    ]),
  );
}
