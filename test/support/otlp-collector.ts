import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFields } from '../../src/graph/onnx/wire-reader.ts';

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly traceState: string;
  readonly name: string;
  /** 2 is a server's, 1 an internal one. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** 2 is an error. */
  readonly status: number;
  readonly service: string;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** The nested messages or strings in one field. */
function* parts(message: Uint8Array, field: number): Generator<Uint8Array> {
  for (const found of readFields(message)) if (found.field === field && 'bytes' in found) yield found.bytes;
}

/** The last number in one field, 0 while there is none: as Protocol Buffers have it. */
function number(message: Uint8Array, field: number): number {
  let value = 0;
  for (const found of readFields(message)) {
    if (found.field === field && 'integer' in found) value = Number(found.integer);
  }
  return value;
}

const first = (message: Uint8Array, field: number): Uint8Array =>
  [...parts(message, field)][0] ?? new Uint8Array();

/** opentelemetry.proto.common.v1.KeyValue: string_value 1, bool_value 2, int_value 3. */
function attributes(message: Uint8Array, field: number): Record<string, string | number | boolean> {
  return Object.fromEntries(
    [...parts(message, field)].map((pair) => {
      const value = first(pair, 2);
      const kind = [...readFields(value)][0];
      const read = kind === undefined ? '' : 'bytes' in kind ? text(kind.bytes) : Number(kind.integer);
      return [text(first(pair, 1)), kind?.field === 2 ? read === 1 : read];
    }),
  );
}

/** opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest */
function* spansOf(body: Uint8Array): Generator<ReceivedSpan> {
  for (const resourceSpans of parts(body, 1)) {
    const service = String(attributes(first(resourceSpans, 1), 1)['service.name'] ?? '');
    for (const scopeSpans of parts(resourceSpans, 2)) {
      for (const span of parts(scopeSpans, 2)) {
        yield {
          traceId: hex(first(span, 1)),
          spanId: hex(first(span, 2)),
          traceState: text(first(span, 3)),
          parentId: hex(first(span, 4)),
          name: text(first(span, 5)),
          kind: number(span, 6),
          attributes: attributes(span, 9),
          status: number(first(span, 15), 3),
          service,
        };
      }
    }
  }
}

/** A receiver of OTLP over HTTP, on a real socket. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  /** Of each POST, with its path. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[] = [];
  readonly bodies: Buffer[] = [];
  readonly #server: Server;

  private constructor(behaviour: Behaviour | undefined) {
    this.#server = createServer((request, response) => {
      this.requests.push({ path: request.url ?? '', headers: request.headers });
      if (behaviour !== undefined) return behaviour(request, response);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        this.bodies.push(body);
        this.spans.push(...spansOf(body));
        response.setHeader('content-type', 'application/x-protobuf').end();
      });
    });
  }

  /** @param behaviour in place of taking spans in */
  static async listen(behaviour?: Behaviour): Promise<OtlpCollector> {
    const collector = new OtlpCollector(behaviour);
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  named(name: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
