import { Socket } from 'node:net';
import { encodeHeader, type Frame, FrameReader } from './frames.ts';
import { dieWithParent } from './parent-watch.ts';
import { CALLS_FD, Reply } from './protocol.ts';

/** A call of a whole batch, in one read. The system's own buffer is not larger. */
const READ_BYTES = 256 * 1024;

/** Answers one call. What it throws becomes the call's failure; the process lives on. */
export type CallHandler = (payload: Buffer) => Promise<Uint8Array> | Uint8Array;

/**
 * The child's side of a link: answers the parent's calls until the parent goes away.
 *
 * Calls start in the order in which they came. A handler that blocks the thread (every ONNX Runtime run does)
 * therefore makes the process serial, and calls that came meanwhile wait in the socket.
 */
export function serveCalls(handlers: Readonly<Record<number, CallHandler>>): void {
  // A terminal sends Ctrl-C to the whole group and service managers signal every process; only the parent decides
  // when its children go, so that requests in flight can finish.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  dieWithParent();

  const reader = new FrameReader((frame) => void answer(frame));
  // One buffer for all reads: the reader copies what it needs.
  const onread = {
    buffer: new Uint8Array(READ_BYTES),
    callback: (bytes: number, buffer: Uint8Array): boolean => {
      reader.push(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
      return true;
    },
  };
  const socket = new Socket({ fd: CALLS_FD, readable: true, writable: true, onread });
  const reply = (frame: Frame, kind: number, payload: Uint8Array): void => {
    socket.cork();
    socket.write(encodeHeader(kind, frame.id, payload.byteLength));
    socket.write(payload);
    socket.uncork();
  };
  const answer = async (frame: Frame): Promise<void> => {
    try {
      const handler = handlers[frame.kind];
      if (handler === undefined) throw new Error(`no handler for calls of kind ${frame.kind}`);
      reply(frame, Reply.ok, await handler(frame.payload));
    } catch (error) {
      reply(frame, Reply.failed, Buffer.from(error instanceof Error ? error.message : String(error)));
    }
  };
  socket.on('close', () => process.exit(0));
  socket.on('error', () => process.exit(0));
}
