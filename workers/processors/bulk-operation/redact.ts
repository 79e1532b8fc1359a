import { isExact } from '@/lib/contracts/json';
import type { OpenSecret } from '@/lib/domain/secret';

type Forms = { find: RegExp; mark: string }[];

/** Takes the values of secrets out of whatever comes back: answers often repeat what they were asked with. */
export class Redactor {
  readonly #forms: Forms = [];

  constructor(secrets: readonly OpenSecret[]) {
    for (const { name, value } of secrets) this.hide(value, name);
  }

  /** Hides a value in every form it may come back in. */
  hide(value: string, name: string): void {
    const bytes = Buffer.from(value);
    const forms = new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      encodeURI(value),
      new URLSearchParams({ v: value }).toString().slice(2),
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      bytes.toString('hex'),
      ...base64Forms(bytes),
    ]);
    const pattern = [...forms]
      .filter((form) => form.length >= 4)
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
      .join('|');
    // Regardless of case: percent-encoding and hex are written both ways.
    this.#forms.push({ find: new RegExp(pattern, 'gi'), mark: `[secret ${name}]` });
  }

  text(text: string): string {
    return this.#forms.reduce((clean, { find, mark }) => clean.replaceAll(find, mark), text);
  }

  /** The same for every text, key and number of a JSON value. */
  json(value: unknown): unknown {
    if (this.#forms.length === 0) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || isExact(value)) {
      const digits = String(value);
      const clean = this.text(digits);
      return clean === digits ? value : clean;
    }
    if (Array.isArray(value)) return value.map((inner) => this.json(inner));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [this.text(key), this.json(inner)]));
  }
}

/** Base64 of a text that stands anywhere inside a longer one: three ways, without the digits that others share. */
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
