import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { HostGuard } from './host-guard.ts';

/**
 * A resolver for `net.connect` that hands out only addresses that the guard lets pass: what is connected to is what was
 * checked, whatever the name resolves to a moment later.
 * @param origin that is connected to
 * @param lookup as `dns.lookup`
 */
export function guardedLookup(
  guard: HostGuard,
  origin: URL,
  lookup: LookupFunction = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const addresses = Array.isArray(found) ? found : [];
      try {
        // One address that is not allowed makes the name suspect as a whole.
        for (const { address } of addresses) guard.checkAddress(origin, address);
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, '');
      }
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      if (first) return callback(null, first.address, first.family);
      callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '');
    });
  };
}
