import { once } from 'node:events';
import { connect } from 'node:net';
import type { Answer } from './client.ts';

/** Sends bytes that no HTTP client would send, and reads what comes back until the server hangs up. */
export async function sendRaw(url: string, bytes: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...headers] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Headers(headers.map((line) => line.split(': ', 2) as [string, string])),
    body: body === '' ? undefined : JSON.parse(body),
  };
}
