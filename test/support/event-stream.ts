import { EventStreamParser } from '../../src/commands/server/event-stream.ts';
import type { OperationReport } from '../../src/serving/operation/operation-report.ts';

/** A message of `GET /update/:id/events`. */
export interface OperationEvent {
  readonly name: string;
  readonly report: OperationReport;
}

/** The messages of an event stream as they come, until the server closes it. @throws Error for anything but 200 */
export async function* operationEvents(url: string): AsyncGenerator<OperationEvent> {
  const { status, headers, body } = await fetch(url);
  const type = headers.get('content-type') ?? '';
  if (status !== 200 || body === null || !type.startsWith('text/event-stream')) {
    throw new Error(`expected an event stream, got ${status} ${type}`);
  }
  const parser = new EventStreamParser();
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    for (const { name, data } of parser.push(text)) {
      yield { name, report: JSON.parse(data) as OperationReport };
    }
  }
}
