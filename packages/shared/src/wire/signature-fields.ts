/** Reads the fields of a signed request, strictly by Structured Fields (RFC 8941). Bounded: no field over 4 KiB is read. */
import { type CoveredComponent, coveredComponents } from './signature-base.ts';

/** Longer than any real agent's by a factor of ten; what is longer is refused unread. */
const longestField = 4096;

/** Why fields are not a heartbeat's signature, by name; `detail` says what would be right. */
export interface FieldFault<Reason extends string> {
  readonly kind: 'fault';
  readonly reason: Reason;
  readonly detail: string;
}

function fault<Reason extends string>(reason: Reason, detail: string): FieldFault<Reason> {
  return { kind: 'fault', reason, detail };
}

export interface SignatureInput {
  readonly kind: 'input';
  readonly label: string;
  readonly components: readonly CoveredComponent[];
  /** The inner list and its parameters as RFC 8941 writes them strictly: the value of `@signature-params`. */
  readonly params: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Seconds since 1970; null when the signature names no end. */
  readonly expires: number | null;
  readonly keyid: string;
}

export type InputFault = FieldFault<
  | 'malformed-signature'
  | 'several-signatures'
  | 'unsupported-component'
  | 'uncovered-component'
  | 'unsupported-parameter'
  | 'wrong-algorithm'
  | 'no-created'
  | 'no-keyid'
>;

/** As our own agent, and the example of the documentation, write it. */
const commonInput =
  /^([a-z*][a-z0-9_.*-]*)=(\("@method" "@path" "content-digest"\);created=(0|[1-9]\d{0,14});keyid="([\w.:;-]+)";alg="hmac-sha256")$/;

/** Reads `Signature-Input` (RFC 9421 section 4.1). One signature, any label, parameters in any order. */
export function parseSignatureInput(field: string): SignatureInput | InputFault {
  if (field.length > longestField) return tooLong('malformed-signature', 'Signature-Input');
  const match = commonInput.exec(field);
  if (match === null) return parseAnyInput(field);
  const [, label = '', params = '', created = '', keyid = ''] = match;
  return {
    kind: 'input',
    label,
    components: coveredComponents,
    params,
    created: Number(created),
    expires: null,
    keyid,
  };
}

/** The grammar's pieces, each tried at one position alone. The string's alternatives exclude each other, so nothing backtracks twice. */
const spaces = / */y;
const equals = /=/y;
const key = /[a-z*][a-z0-9_.*-]*/y;
const quoted = /"(?:[ !#-[\]-~]|\\["\\])*"/y;
const integer = /-?\d{1,15}(?![\d.])/y;

/** The parameters that RFC 9421 section 2.3 defines, by the form of their value. */
const integerParameters = new Set(['created', 'expires']);
const stringParameters = new Set(['keyid', 'alg', 'nonce', 'tag']);

function parseAnyInput(field: string): SignatureInput | InputFault {
  const text = withoutOuterSpace(field);
  let at = 0;
  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }
  const malformed = (detail: string) => fault('malformed-signature', `Signature-Input: ${detail}`);

  const label = take(key);
  if (label === undefined || text[at] !== '=' || text[at + 1] !== '(') {
    return malformed('must be one label, "=" and a list of components in parentheses');
  }
  at += 2;

  const components: CoveredComponent[] = [];
  for (take(spaces); text[at] !== ')'; take(spaces)) {
    const component = take(quoted);
    if (component === undefined) return malformed('the list of components holds something other than quoted names');
    const covered = coveredComponents.find((name) => component === `"${name}"`);
    if (covered === undefined || text[at] === ';') {
      const shown = text[at] === ';' ? `${component} with a parameter` : component;
      return fault(
        'unsupported-component',
        `Signature-Input: ${shown.slice(0, 80)} is covered; cover ${supported} only`,
      );
    }
    if (components.includes(covered)) return malformed(`${component} is covered twice`);
    if (text[at] !== ' ' && text[at] !== ')') return malformed('the list of components is not closed or lacks a space');
    components.push(covered);
  }
  at += 1;

  const parameters = new Map<string, string>();
  while (text[at] === ';') {
    at += 1;
    take(spaces);
    const name = take(key);
    if (name === undefined) return malformed('";" is not followed by the name of a parameter');
    if (parameters.has(name)) return malformed(`${name.slice(0, 80)} is given twice`);
    const ofInteger = integerParameters.has(name);
    if (!ofInteger && !stringParameters.has(name)) {
      const known = [...integerParameters, ...stringParameters].join(', ');
      return fault(
        'unsupported-parameter',
        `Signature-Input: ${name.slice(0, 80)} is not supported; known are ${known}`,
      );
    }
    const value = take(equals) === undefined ? undefined : take(ofInteger ? integer : quoted);
    if (value === undefined) return malformed(`${name} must be ${ofInteger ? 'a whole number' : 'a quoted string'}`);
    parameters.set(name, ofInteger ? String(Number(value)) : value);
  }

  if (at !== text.length) {
    if (/^[ \t]*,/.test(text.slice(at))) {
      return fault('several-signatures', 'Signature-Input holds more than one signature; send exactly one');
    }
    return malformed('something follows the parameters');
  }

  const missing = coveredComponents.filter((name) => !components.includes(name));
  if (missing.length > 0) {
    return fault('uncovered-component', `Signature-Input: ${listed(missing)} must be covered; cover ${supported}`);
  }
  const created = parameters.get('created');
  if (created === undefined) return fault('no-created', 'Signature-Input: created (seconds since 1970) is missing');
  const keyid = parameters.get('keyid');
  if (keyid === undefined) return fault('no-keyid', 'Signature-Input: keyid="{server}" is missing');
  if (parameters.get('alg') !== '"hmac-sha256"') {
    return fault('wrong-algorithm', 'Signature-Input: alg must be "hmac-sha256"');
  }
  const expires = parameters.get('expires');
  let params = `(${listed(components)})`;
  for (const [name, value] of parameters) params += `;${name}=${value}`;
  return {
    kind: 'input',
    label,
    components,
    params,
    created: Number(created),
    expires: expires === undefined ? null : Number(expires),
    keyid: keyid.slice(1, -1).replace(/\\(.)/g, '$1'),
  };
}

const listed = (names: readonly string[]) => names.map((name) => `"${name}"`).join(' ');
const supported = listed(coveredComponents);

/** 32 bytes in base64. RFC 8941 section 4.2.7: parsers should not insist on the padding. */
const commonSignature = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]{43}=?):$/;
const bytesOf32 = /^[A-Za-z0-9+/]{43}=?$/;

/**
 * Reads `Signature` (RFC 9421 section 4.2), which must hold `label` and nothing else.
 * @returns the 32 bytes of the signature, in base64.
 */
export function parseSignature(
  field: string,
  label: string,
): string | FieldFault<'malformed-signature' | 'several-signatures'> {
  if (field.length > longestField) return tooLong('malformed-signature', 'Signature');
  const match = commonSignature.exec(field);
  if (match !== null && match[1] === label) return match[2] ?? '';
  const members = parseByteSequences(field);
  const only = members?.[0];
  if (only === undefined) return fault('malformed-signature', 'Signature must be one label, "=:", base64 and ":"');
  if (members !== undefined && members.length > 1) {
    return fault('several-signatures', 'Signature holds more than one signature; send exactly one');
  }
  if (only.name !== label) {
    return fault('malformed-signature', 'Signature and Signature-Input must use the same label');
  }
  if (!bytesOf32.test(only.base64)) {
    return fault('malformed-signature', 'Signature must be 32 bytes in base64: the whole HMAC-SHA256');
  }
  return only.base64;
}

interface ContentDigest {
  readonly kind: 'digest';
  /** The field as a signature covers it: without the whitespace around it. */
  readonly value: string;
  /** SHA-256 as the sender counted it: 32 bytes in base64, padded. */
  readonly sha256: string;
}

const commonDigest = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** Reads `Content-Digest` (RFC 9530 section 2). Other algorithms may stand beside `sha-256`; they prove nothing here. */
export function parseContentDigest(field: string): ContentDigest | FieldFault<'malformed-digest' | 'no-digest'> {
  if (field.length > longestField) return tooLong('malformed-digest', 'Content-Digest');
  const match = commonDigest.exec(field);
  if (match !== null) return { kind: 'digest', value: field, sha256: match[1] ?? '' };
  const members = parseByteSequences(field);
  if (members === undefined) {
    return fault(
      'malformed-digest',
      'Content-Digest must be sha-256=:base64: with, at most, other algorithms beside it',
    );
  }
  const digests = members.filter((member) => member.name === 'sha-256');
  const digest = digests[0];
  if (digest === undefined) return fault('no-digest', 'Content-Digest lacks sha-256');
  if (digests.length > 1) return fault('malformed-digest', 'Content-Digest gives sha-256 twice');
  if (!bytesOf32.test(digest.base64)) {
    return fault('malformed-digest', 'Content-Digest: sha-256 must be 32 bytes in base64');
  }
  // Written anew, so that a digest without padding compares equal.
  const sha256 = Buffer.from(digest.base64, 'base64').toString('base64');
  return { kind: 'digest', value: withoutOuterSpace(field), sha256 };
}

const byteSequence = /([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):[ \t]*(?:(,)[ \t]*|$)/y;

/**
 * A dictionary (RFC 8941 section 3.2) of byte sequences without parameters. A name that comes twice
 * is kept twice: of two signatures or digests none may win silently. Undefined when it is no such dictionary.
 */
function parseByteSequences(field: string): { name: string; base64: string }[] | undefined {
  const text = withoutOuterSpace(field);
  const members: { name: string; base64: string }[] = [];
  byteSequence.lastIndex = 0;
  for (;;) {
    const match = byteSequence.exec(text);
    if (match === null) return undefined;
    members.push({ name: match[1] ?? '', base64: match[2] ?? '' });
    if (match[3] === undefined) return members;
  }
}

/** HTTP's optional whitespace around a field's value (RFC 9110 section 5.5), which is no part of it. */
function withoutOuterSpace(field: string): string {
  let from = 0;
  let to = field.length;
  while (from < to && isSpace(field.charCodeAt(from))) from += 1;
  while (to > from && isSpace(field.charCodeAt(to - 1))) to -= 1;
  return field.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function tooLong<Reason extends string>(reason: Reason, name: string): FieldFault<Reason> {
  return fault(reason, `${name} is longer than ${longestField} characters`);
}
