/** Starts a server that can't start, tells why, and ends only when nothing keeps it: no timer, no handle, no child. */
import { readConfig } from '../../src/config.ts';
import { messageOf } from '../../src/errors.ts';
import { createService } from '../../src/service.ts';
import { ImpatientClock } from './impatient-clock.ts';

try {
  await createService(readConfig(process.env), { clock: new ImpatientClock() });
} catch (error) {
  process.stdout.write(messageOf(error));
}
