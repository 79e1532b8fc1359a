import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Draft, emptyDraft, type UploadedFile } from './draft';

/** Names the type that was chosen last. An older version kept its one draft for all types here. */
const LAST = 'batchyard-launch';
const keyOf = (type: string): string => `${LAST}:${type}`;

/** What the browser holds under a name. Refused storage and unreadable text count as nothing. */
function read(key: string): Partial<Draft> | null {
  try {
    const kept: unknown = parseJson(globalThis.localStorage.getItem(key) ?? 'null');
    return typeof kept === 'object' && kept !== null ? kept : null;
  } catch {
    // Storage is refused, or holds what an older version wrote: begin anew.
    return null;
  }
}

/** The draft of one job type. What was dropped or typed for another type is not part of it. */
export function loadDraft(type: string): Draft {
  const fresh = emptyDraft(type);
  const last = read(LAST);
  const kept = type ? (read(keyOf(type)) ?? (last?.type === type ? last : null)) : null;
  return kept ? { ...fresh, ...kept, type, options: { ...fresh.options, ...kept.options } } : fresh;
}

/** The draft of the type that was chosen last. */
export const loadLastDraft = (): Draft => loadDraft(read(LAST)?.type ?? '');

/** Keeps the files that the server has by now with a draft that is not shown. */
export function keepUploaded(type: string, uploaded: UploadedFile[]): void {
  try {
    globalThis.localStorage.setItem(keyOf(type), stringifyJson({ ...loadDraft(type), uploaded }));
  } catch {
    // Full or refused: the files are uploaded again after a reload.
  }
}

/** Keeps the draft under its type; false if the browser has no room for it. */
export function saveDraft(draft: Draft): boolean {
  try {
    const { localStorage } = globalThis;
    if (draft.type) localStorage.setItem(keyOf(draft.type), stringifyJson(draft));
    localStorage.setItem(LAST, stringifyJson({ type: draft.type }));
    return true;
  } catch {
    // Full or refused: the caller shows that a reload would lose it.
    return false;
  }
}

/** Forgets the draft of a type, after its launch or by wish. */
export function dropDraft(type: string): void {
  try {
    globalThis.localStorage.removeItem(keyOf(type));
    globalThis.localStorage.removeItem(LAST);
  } catch {
    // Storage is refused: nothing was kept.
  }
}
