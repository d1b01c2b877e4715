/** HMAC-SHA256 (RFC 2104) with keys that are used again and again. */
import { sha256Of } from './digest.ts';

const blockBytes = 64;
const digestBytes = 32;

/** The part of a MAC that is the key's alone: its two pads, one behind the other. */
export type PreparedKey = Buffer & { readonly prepared: unique symbol };

/** @param key at most 64 bytes: a longer one would have to be hashed first. @throws RangeError. */
export function prepareKey(key: Uint8Array): PreparedKey {
  if (key.length > blockBytes) throw new RangeError(`a key of ${key.length} bytes is longer than a block`);
  const pads = Buffer.allocUnsafe(2 * blockBytes);
  for (let at = 0; at < blockBytes; at += 1) {
    const byte = key[at] ?? 0;
    pads[at] = byte ^ 0x36;
    pads[blockBytes + at] = byte ^ 0x5c;
  }
  return pads as PreparedKey;
}

/**
 * Made of two digests, as the RFC defines it. Node's `createHmac` makes an object of its own and of OpenSSL for each MAC,
 * which costs as much again to make and to collect (docs/performance.md).
 * @returns counts the MAC of a text, one character a byte, into 32 bytes that the next call overwrites.
 */
export function createMacCounter(): (key: PreparedKey, text: string) => Buffer {
  let inner = Buffer.alloc(blockBytes + 1024);
  const outer = Buffer.alloc(blockBytes + digestBytes);
  const mac = Buffer.alloc(digestBytes);

  return (key, text) => {
    const length = blockBytes + text.length;
    if (inner.length < length) inner = Buffer.alloc(2 * length);
    key.copy(inner, 0, 0, blockBytes);
    inner.write(text, blockBytes, 'latin1');
    key.copy(outer, 0, blockBytes);
    outer.write(sha256Of(inner.subarray(0, length), 'binary'), blockBytes, 'binary');
    mac.write(sha256Of(outer, 'binary'), 'binary');
    return mac;
  };
}
