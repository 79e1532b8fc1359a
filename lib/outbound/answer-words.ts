import { z } from 'zod';

/** The maximum length of an endpoint's message, in characters. */
const MAX_LENGTH = 500;

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** Parses a response as JSON. Returns undefined if it is invalid, which the caller's schema then rejects. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON: the caller reports the wrong format.
    return undefined;
  }
}

/** Returns the error message of an OpenAI-compatible endpoint, to append to ours; empty if there is none. */
export function wordsOf(body: string): string {
  const parsed = refusal.safeParse(jsonOf(body));
  return parsed.success ? `: ${parsed.data.error.message.slice(0, MAX_LENGTH)}` : '';
}
