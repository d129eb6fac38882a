import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 that signs itself (RFC 5280), with a fresh P-256 key. @param until its last day, `YYYYMMDD` */
export function selfSigned(commonName: string, until = '20991231'): TestCertificate {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKey = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const validity = sequence(generalizedTime('20000101'), generalizedTime(until));
  const altName = sequence(der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, altName))));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const body = sequence(version, serial, ECDSA_SHA256, name, validity, name, publicKey, extensions);
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, key)]));
  const base64 = sequence(body, ECDSA_SHA256, signature).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`, key };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function generalizedTime(day: string): Buffer {
  // Years before 2050 are written with two digits.
  const year = Number(day.slice(0, 4));
  return year < 2050
    ? der(0x17, Buffer.from(`${day.slice(2)}000000Z`))
    : der(0x18, Buffer.from(`${day}000000Z`));
}

const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
/** 2.5.4.3 */
const COMMON_NAME = oid('550403');
/** 2.5.29.17 */
const SUBJECT_ALT_NAME = oid('551d11');
/** 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
