import type { ServerResponse } from 'node:http';
import { type Content, piecesOf } from './content.ts';
import { type Fault, faultOf } from './faults.ts';
import type { Pace } from './pace.ts';
import { parseRange } from './range.ts';
import type { SeenRequest } from './requests.ts';

const PIECE_BYTES = 16 * 1024;

export interface Sending {
  readonly response: ServerResponse;
  readonly seen: SeenRequest;
  readonly faults: readonly Fault[];
  readonly pace: Pace;
  /** Called before each piece; false ends the connection instead. */
  readonly maySend: (bytes: number) => boolean;
}

/** Answers with content: whole, or the range that was asked for, in the way the faults make it. */
export async function sendContent(
  sending: Sending,
  content: Content,
  etag: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { response, seen, faults } = sending;
  const sentEtag = faultOf(faults, 'etag')?.value ?? etag;
  const range = faultOf(faults, 'ignore-range') ? undefined : parseRange(seen.range, content.size);
  const isRanged = range !== undefined && (seen.ifRange === undefined || seen.ifRange === sentEtag);
  const [start, end] = isRanged && range !== 'unsatisfiable' ? range : [0, content.size];
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('etag', sentEtag);
  response.setHeader('accept-ranges', 'bytes');
  if (isRanged && range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${content.size}`);
    response.writeHead(416).end();
    return;
  }
  if (isRanged) response.setHeader('content-range', `bytes ${start}-${end - 1}/${content.size}`);
  const otherRange = faultOf(faults, 'content-range');
  if (otherRange) {
    if (otherRange.value === undefined) response.removeHeader('content-range');
    else response.setHeader('content-range', otherRange.value);
  }
  const missing = faultOf(faults, 'truncate')?.missingBytes ?? 0;
  const last = Math.max(start, end - missing);
  response.setHeader('content-length', last - start);
  applyHeaderFaults(response, faults);
  response.writeHead(isRanged ? 206 : 200);
  if (seen.method === 'HEAD') {
    response.end();
    return;
  }
  await sendBody(sending, content, start, last);
}

export function applyHeaderFaults(response: ServerResponse, faults: readonly Fault[]): void {
  for (const fault of faults) {
    if (fault.kind === 'without-header') response.removeHeader(fault.name);
    if (fault.kind === 'header') response.setHeader(fault.name, fault.value);
  }
}

async function sendBody(sending: Sending, content: Content, start: number, end: number): Promise<void> {
  const { response, seen, faults, pace } = sending;
  const { socket } = response;
  if (!socket) return;
  const stop = faultOf(faults, 'drop') ?? faultOf(faults, 'stall');
  const limit = stop === undefined ? Number.POSITIVE_INFINITY : start + stop.afterBytes;
  const flip = faultOf(faults, 'flip')?.at ?? -1;
  let offset = start;
  for (let piece of piecesOf(content, start, Math.min(end, limit), PIECE_BYTES)) {
    if (flip >= offset && flip < offset + piece.length) {
      piece = Buffer.from(piece);
      piece[flip - offset] = (piece[flip - offset] ?? 0) ^ 1;
    }
    await pace.take(socket, piece.length);
    if (response.destroyed || socket.destroyed) return;
    if (!sending.maySend(piece.length)) {
      socket.destroy();
      return;
    }
    offset += piece.length;
    seen.bytesSent += piece.length;
    if (!response.write(piece)) await untilWritable(response);
  }
  if (offset >= end) response.end();
  else if (stop?.kind === 'drop') socket.destroySoon();
  else response.flushHeaders();
}

function untilWritable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
