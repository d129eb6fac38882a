import { BlockList, isIP } from 'node:net';
import { malformedReference } from './malformed-reference.ts';

/** A published manifest. */
export interface ManifestReference {
  readonly source: 'manifest';
  readonly url: URL;
  /** Of the manifest itself, in hex. */
  readonly sha256: string;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * A manifest is pinned by its hash, so that whoever serves it can't change it. Plain HTTP is for servers on this machine.
 * @throws ServiceError invalid_request.
 */
export function parseManifestReference(text: string): ManifestReference {
  const url = URL.parse(text);
  if (url === null) throw malformedReference(text, 'it is not a URL');
  const [, sha256] = /^#sha256=([0-9a-f]{64})$/.exec(url.hash) ?? [];
  if (sha256 === undefined) {
    throw malformedReference(
      text,
      'a manifest is named with its hash, as in https://host/manifest.json#sha256=<64 hexadecimal digits>',
    );
  }
  if (url.username !== '' || url.password !== '') {
    // The text is not repeated: it would end up in logs.
    throw malformedReference(
      `${url.protocol}//…@${url.host}${url.pathname}`,
      'credentials belong in RERANK_HUB_TOKENS',
    );
  }
  if (url.search !== '') {
    // The same: signatures are in there. And the files beside the manifest would not have it.
    throw malformedReference(
      `${url.origin}${url.pathname}?…`,
      'a query is not used; what needs a key is served by its token in RERANK_HUB_TOKENS',
    );
  }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw malformedReference(text, 'it must be https:');
  }
  url.hash = '';
  return { source: 'manifest', url, sha256 };
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
