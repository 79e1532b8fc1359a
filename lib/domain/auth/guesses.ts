const WINDOW_MS = 5 * 60_000;
const MAX_FAILURES = 20;
const MAX_KEPT = 10_000;

/**
 * Rate limit of failed sign-ins per e-mail address. The limit per network address alone can be bypassed, because a
 * client can forge the header that contains its address.
 */
export class Guesses {
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Counts an attempt before it is checked, so that concurrent attempts are all counted.
   * @returns seconds to wait, or 0
   */
  attempt(email: string): number {
    const key = email.toLowerCase();
    const now = this.now();
    const known = this.#failures.get(key);
    const entry = known && known.until > now ? known : { count: 0, until: now + WINDOW_MS };
    if (entry.count >= MAX_FAILURES) return Math.ceil((entry.until - now) / 1000);
    entry.count += 1;
    this.#failures.delete(key);
    this.#failures.set(key, entry);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > MAX_KEPT && !oldest.done) this.#failures.delete(oldest.value);
    return 0;
  }

  succeeded(email: string): void {
    this.#failures.delete(email.toLowerCase());
  }
}
