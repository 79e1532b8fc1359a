import { z } from 'zod';

/** Longer words of an endpoint are cut. */
const MAX_LENGTH = 500;

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** An answer as JSON; undefined where it is none, which a schema then refuses like every other wrong answer. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON: the caller says that it has the wrong form.
    return undefined;
  }
}

/** The own words of an OpenAI-compatible endpoint, to follow ours, for the person who configured it; empty without. */
export function wordsOf(body: string): string {
  const parsed = refusal.safeParse(jsonOf(body));
  return parsed.success ? `: ${parsed.data.error.message.slice(0, MAX_LENGTH)}` : '';
}
