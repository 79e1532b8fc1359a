import type { Redactor } from './redact';

/**
 * Returns a copy of what was thrown without secrets, and without its cause, which may contain them. What decides about
 * further attempts is kept: name, code and delay.
 */
export function withoutSecrets(thrown: unknown, redactor: Redactor): unknown {
  if (typeof thrown === 'string') return redactor.text(thrown);
  if (!(thrown instanceof Error)) return redactor.json(thrown);
  const { name, stack, code, delayMs, exact } = thrown as Error & Record<'code' | 'delayMs' | 'exact', unknown>;
  const clean = new Error(redactor.text(String(thrown.message)));
  const kept = { code: typeof code === 'string' ? redactor.text(code) : code, delayMs, exact };
  Object.assign(clean, Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)));
  clean.name = redactor.text(String(name));
  clean.stack = redactor.text(String(stack));
  return clean;
}
