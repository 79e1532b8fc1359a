import { isExact, isObject } from '@/lib/contracts/json';

/** A secret value, and the name that replaces it. */
export interface Hidden {
  name: string;
  value: string;
}

interface Forms {
  name: string;
  inText: RegExp;
  /** patterns for bytes that were read as Latin-1, which keeps each byte as one character */
  inBytes: { find: RegExp; mark: string }[];
}

/**
 * Up to this length, each character of a secret may be encoded differently; longer values in one encoding throughout.
 */
const MAX_BY_CHARACTER = 128;
const LEAST = 4;

/** Removes the values of secrets from responses, because servers often echo the request. */
export class Redactor {
  readonly #forms: Forms[];

  constructor(secrets: readonly Hidden[]) {
    this.#forms = secrets.map(formsOf);
  }

  text(text: string): string {
    return this.#forms.reduce((clean, { inText, name }) => clean.replaceAll(inText, () => markOf(name)), text);
  }

  /** As `text`, for bytes of any encoding. All other bytes stay unchanged. */
  bytes(bytes: Buffer): Buffer {
    const before = bytes.toString('latin1');
    const after = this.#forms
      .flatMap(({ inBytes }) => inBytes)
      .reduce((clean, { find, mark }) => clean.replaceAll(find, () => mark), before);
    return after === before ? bytes : Buffer.from(after, 'latin1');
  }

  /** As `text`, for every text, key and number of a JSON value. */
  json(value: unknown): unknown {
    if (this.#forms.length === 0) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || isExact(value)) {
      const digits = String(value);
      const clean = this.text(digits);
      return clean === digits ? value : clean;
    }
    if (Array.isArray(value)) return value.map((inner) => this.json(inner));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [this.text(key), this.json(inner)]));
  }

  /** Returns the names of the secrets that a text contains, also if they are percent-encoded more than once. */
  namesIn(text: string): string[] {
    return this.#forms.filter(({ inText }) => text.search(inText) >= 0).map(({ name }) => name);
  }
}

/**
 * Removes the operator's API key from a text: endpoints echo a rejected key, and every user who sees the job would see
 * it.
 */
export const withoutKey = (name: string, value: string | undefined, text: string): string =>
  value ? new Redactor([{ name, value }]).text(text) : text;

const markOf = (name: string): string => `[secret ${name}]`;

/** Cache: compiling takes longer than searching a small response, and the rows of a batch use the same secrets. */
const compiled = new Map<string, Forms>();
const MAX_COMPILED = 100;

function formsOf(secret: Hidden): Forms {
  const key = JSON.stringify([secret.name, secret.value]);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const made = compile(secret);
  compiled.set(key, made);
  return made;
}

function compile({ name, value }: Hidden): Forms {
  // HTTP trims header values, so servers echo the trimmed value.
  const bare = value.trim().length >= LEAST ? value.trim() : value;
  const written = [...new Set([bare, bare.normalize('NFC'), bare.normalize('NFD')])];
  const whole = written.flatMap(wholeForms).map(escaped);
  const short = [...bare].length <= MAX_BY_CHARACTER;
  const text = short ? written.map((form) => byCharacter(form, textForms)) : written.map(escaped);
  const bytes = short
    ? written.map((form) => byCharacter(form, byteForms))
    : written.flatMap((form) => [escaped(bytesOf(form)), ...(isLatin1(form) ? [escaped(form)] : [])]);
  const mark = markOf(name);
  return {
    name,
    inText: anyOf([...text, ...whole]),
    inBytes: [{ find: anyOf([...bytes, ...whole.filter(isAscii)]), mark }, ...wideForms(written, mark)],
  };
}

/**
 * Longest first, so that a shorter form leaves no rest. Case-insensitive, because percent-encoding and hex have both
 * cases.
 */
const anyOf = (sources: string[]): RegExp =>
  new RegExp([...new Set(sources)].sort((a, b) => b.length - a.length).join('|'), 'gi');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
const isLatin1 = (text: string): boolean => /^[\0-\xff]*$/.test(text);

/** Returns encodings of a whole value: one encoding from start to end. */
function wholeForms(value: string): string[] {
  const bytes = [
    Buffer.from(value),
    Buffer.from(value, 'utf16le'),
    ...(isLatin1(value) ? [Buffer.from(value, 'latin1')] : []),
  ];
  return [
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
    new URLSearchParams({ v: value }).toString().slice(2),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ...bytes.flatMap((each) => [each.toString('hex'), ...base64Forms(each)]),
  ].filter((form) => form.length >= LEAST);
}

/**
 * Returns the Base64 of bytes at any position of a longer text: three alignments, without the digits that depend on the
 * neighbors.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString('base64').replace(/=+$/, '');
    const from = offset === 0 ? 0 : offset + 1;
    const to = padded.length % 3 === 0 ? whole.length : whole.length - 1;
    const form = whole.slice(from, to);
    return form.length < 8 ? [] : [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** UTF-16 in both byte orders, with a replacement in the same encoding. */
function wideForms(written: string[], mark: string): { find: RegExp; mark: string }[] {
  return [(text: string) => Buffer.from(text, 'utf16le'), (text: string) => Buffer.from(text, 'utf16le').swap16()].map(
    (encode) => ({
      find: anyOf(written.map((form) => escaped(encode(form).toString('latin1')))),
      mark: encode(mark).toString('latin1'),
    }),
  );
}

const LOST = '\\ufffd';
/**
 * Each nested JSON encoding doubles the backslashes. The bound prevents quadratic time on a text of only backslashes.
 */
const SLASHES = '\\\\{1,8}';

/**
 * Matches each character in any of its forms. The pattern must be unambiguous, because backtracking would take
 * exponential time (ReDoS). So forms that can stand for several characters are matched per run.
 */
function byCharacter(value: string, forms: (character: string) => string[]): string {
  const runs = value.match(/\\+|[^\0-\x7f]+|[\0-\x7f]/gu) ?? [];
  return runs
    .map((run) => {
      const characters = [...run];
      const each = characters.map((character) => `(?:${[...new Set(forms(character))].join('|')})`).join('');
      const count = characters.length;
      if (run.startsWith('\\')) return `(?:\\\\{${count},${8 * count}}|${each})`;
      return isAscii(run) ? each : `(?:${each}|${LOST}{${count + 1},${4 * count}})`;
    })
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
const LETTERS: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

/**
 * Returns ASCII encodings of one character: percent-encoded, as a JSON or JavaScript escape, as an HTML entity, and so
 * on.
 */
function asciiForms(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  const hex = (n: number, digits = 2) => n.toString(16).padStart(digits, '0');
  const percent = (bytes: Iterable<number>) => [...bytes].map((byte) => `%(?:25){0,3}${hex(byte)}`).join('');
  const units = [...Array(character.length).keys()].map((i) => character.charCodeAt(i));
  const utf8 = Buffer.from(character);
  const forms = [
    percent(utf8),
    units.map((unit) => `${SLASHES}u(?:${hex(unit, 4)}|\\{0{0,6}${hex(unit)}\\})`).join(''),
    `${SLASHES}u\\{0{0,6}${hex(code)}\\}`,
    `&(?:amp;){0,3}#(?:0{0,6}${code}|x0{0,6}${hex(code)});?`,
  ];
  if (code <= 0xff) forms.push(`${SLASHES}x${hex(code)}`);
  if (code > 0x7f) {
    forms.push([...utf8].map((byte) => `=${hex(byte)}`).join(''), '\\?');
    if (code <= 0xff) forms.push(percent([code]), `=${hex(code)}`);
  }
  if (/[^\w\s\\]/.test(character) && code <= 0x7f) forms.push(`(?<!\\\\)${SLASHES}${escaped(character)}`);
  if (ENTITIES[character]) forms.push(`&(?:amp;){0,3}${ENTITIES[character]};`);
  if (LETTERS[character]) forms.push(`${SLASHES}${LETTERS[character]}`);
  if (character === ' ') forms.push('\\+', '&nbsp;');
  return forms;
}

/** Includes the forms of text that was decoded with a wrong character set. */
function textForms(character: string): string[] {
  if (character === '\\') return asciiForms(character);
  if (isAscii(character)) return [escaped(character), ...asciiForms(character)];
  const bytes = Buffer.from(character);
  const misread = [bytes.toString('latin1'), new TextDecoder('windows-1252').decode(bytes)];
  return [escaped(character), ...misread.map(escaped), LOST, ...asciiForms(character)];
}

function byteForms(character: string): string[] {
  if (isAscii(character)) return textForms(character);
  const forms = [escaped(bytesOf(character)), ...asciiForms(character)];
  const single = SINGLE_BYTES.get(character) ?? (isLatin1(character) ? character : undefined);
  return single === undefined ? forms : [...forms, escaped(single)];
}

/** Characters that exist in Windows-1252 but not in Latin-1, by their byte. */
const SINGLE_BYTES = new Map(
  Array.from({ length: 32 }, (_, i) => i + 0x80).map((byte) => {
    const decoder = new TextDecoder('windows-1252');
    // Node 20 decodes a single chunk as Latin-1, so it is decoded as a stream.
    return [decoder.decode(Buffer.from([byte]), { stream: true }) + decoder.decode(), String.fromCharCode(byte)];
  }),
);
