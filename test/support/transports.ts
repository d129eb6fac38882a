import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createTransport, type TransportOptions } from '../../src/store/transport/create-transport.ts';
import type { Transport } from '../../src/store/transport/transport.ts';
import { LogBook } from './log-book.ts';

/** A transport that may ask servers on loopback and nobody else, closed when the test is over. */
export function testTransport(options: Partial<TransportOptions> = {}): Transport {
  const transport = createTransport({
    allowPrivate: ['127.0.0.1'],
    allowedHosts: 'any',
    tokens: new Map(),
    clock: systemClock,
    logger: new LogBook().logger,
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}
