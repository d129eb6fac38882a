import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { HostGuard } from './host-guard.ts';

/**
 * A resolver for `net.connect` that hands out only addresses that the guard lets pass: what is connected to is what was
 * checked, whatever the name resolves to a moment later.
 * @param lookup as `dns.lookup`
 */
export function guardedLookup(guard: HostGuard, lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const addresses = Array.isArray(found) ? found : [];
      const url = new URL(`http://${hostname}/`);
      try {
        // One address that is not allowed makes the name suspect as a whole.
        for (const { address } of addresses) guard.checkAddress(url, address);
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
