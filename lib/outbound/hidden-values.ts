import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { withoutSecrets } from './clean-error';
import { type Hidden, Redactor } from './redact';

/** Values that are hidden at once: the latest. */
const MAX_HIDDEN = 100;

/** Secrets that work has read, and what it writes without them. As long as there are none, nothing is searched. */
export class HiddenValues {
  private readonly values = new Map<string, Hidden>();
  private redactor: Redactor | undefined;

  /** From now on the value is hidden. */
  hide(secret: Hidden): void {
    const key = JSON.stringify([secret.name, secret.value]);
    const isNew = !this.values.delete(key);
    this.values.set(key, secret);
    if (!isNew) return;
    const [oldest] = this.values.keys();
    if (this.values.size > MAX_HIDDEN && oldest !== undefined) this.values.delete(oldest);
    this.redactor = new Redactor([...this.values.values()]);
  }

  text(text: string): string {
    return this.redactor?.text(String(text)) ?? text;
  }

  /** Returns a value without secrets, as it will be stored. */
  json<T>(value: T): T {
    if (!this.redactor || value === undefined) return value;
    const text = stringifyJson(value) as string | undefined;
    return text === undefined ? value : (this.redactor.json(parseJson(text)) as T);
  }

  /** Returns the names of the secrets that a text contains. */
  namesIn(text: string): string[] {
    return this.redactor?.namesIn(text) ?? [];
  }

  /** Returns what was thrown, without secrets. */
  error(thrown: unknown): unknown {
    return this.redactor ? withoutSecrets(thrown, this.redactor) : thrown;
  }
}
