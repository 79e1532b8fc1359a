/** Long enough for the busiest machine. Who waits for a condition loses nothing by it. */
const PATIENCE_MS = 600_000;
/** How soon a condition is looked at again: at first, and when it lasts. A look costs the awaited work processor time. */
const PAUSE_MS = { first: 20, most: 100 };

/**
 * Waits until `probe` returns a value other than undefined, null or false, and returns that value. Tests wait for
 * conditions, never for a fixed time.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs, everyMs }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const isSeen = (value: unknown) => value !== undefined && value !== null && value !== false;
  const pauses = { everyMs: everyMs ?? PAUSE_MS.first, mostMs: everyMs ?? PAUSE_MS.most };
  return (await eventually(what, async () => probe(), isSeen, { timeoutMs, ...pauses })) as T;
}

interface Patience {
  timeoutMs?: number | undefined;
  /** the first pause */
  everyMs?: number;
  /** the longest pause */
  mostMs?: number;
}

/**
 * Asks until the answer is right, and returns it. The pauses grow, because questions cost processor time that the
 * awaited work needs too. @throws Error with the last answer
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  { timeoutMs = PATIENCE_MS, everyMs = 40, mostMs = 500 }: Patience = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (let pauseMs = everyMs; ; pauseMs = Math.min(pauseMs * 1.3, mostMs)) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > end) {
      const last = JSON.stringify(answer)?.slice(0, 800);
      throw new Error(`Timed out after ${timeoutMs} ms waiting for: ${what}${last ? `. Last answer: ${last}` : ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
