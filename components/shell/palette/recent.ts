import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';

/** What was chosen: a page with its address, or an action by its id. */
export interface RecentEntry {
  id: string;
  title: string;
  href?: string | undefined;
}

const isEntry = (entry: unknown): entry is RecentEntry =>
  isFields(entry) &&
  typeof entry.id === 'string' &&
  typeof entry.title === 'string' &&
  (entry.href === undefined || typeof entry.href === 'string');

const MOST = 6;
const keyOf = (organizationId: string): string => `batchyard-recent-${organizationId}`;

/** Returns what was chosen last in this tab, the latest first. Kept for the tab only: titles may name work of customers. */
export function readRecent(organizationId: string): RecentEntry[] {
  const text = globalThis.sessionStorage?.getItem(keyOf(organizationId));
  if (!text) return [];
  try {
    const entries = parseJson(text);
    return Array.isArray(entries) && entries.every(isEntry) ? entries : [];
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
