import { z } from 'zod';
import { parseJson, stringifyJson } from '@/lib/contracts/json';

/** What was chosen: a page with its address, or an action by its id. */
const recentEntry = z.object({ id: z.string(), title: z.string(), href: z.string().optional() });
export type RecentEntry = z.infer<typeof recentEntry>;

const MOST = 6;
const keyOf = (organizationId: string): string => `batchyard-recent-${organizationId}`;

/** Returns what was chosen last in this tab, the latest first. Kept for the tab only: titles may name work of customers. */
export function readRecent(organizationId: string): RecentEntry[] {
  const text = globalThis.sessionStorage?.getItem(keyOf(organizationId));
  if (!text) return [];
  try {
    return z.array(recentEntry).safeParse(parseJson(text)).data ?? [];
  } catch {
    // Somebody else wrote it. The next choice replaces it.
    return [];
  }
}

/** Puts a choice before the others. */
export function remember(organizationId: string, { id, title, href }: RecentEntry): void {
  const others = readRecent(organizationId).filter((entry) => entry.id !== id);
  const entries = [{ id, title, ...(href === undefined ? {} : { href }) }, ...others].slice(0, MOST);
  globalThis.sessionStorage?.setItem(keyOf(organizationId), stringifyJson(entries));
}
