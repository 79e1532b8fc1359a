import type { Context } from '@/lib/domain/context';

/** What an example is given: a way to the HTTP API, who it acts as, and a place to speak. */
export interface Stage {
  /** a call of the HTTP API @throws Error with the server's own words when it refuses */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** for the examples that use the classes: the same person, with direct access */
  context: Context;
  say(line: string): void;
}

/** An example ends by itself; it throws when something does not add up. */
export type Example = (stage: Stage) => Promise<void>;

/** @throws Error saying what differs */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

/** How long an example waits. */
export const PATIENCE = { timeoutMs: 120_000 };
