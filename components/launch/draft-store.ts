import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Draft, emptyDraft, type UploadedFile } from './draft';

/** Stores the last chosen type. An older version stored its single draft for all types under this key. */
const LAST = 'batchyard-launch';
const keyOf = (type: string): string => `${LAST}:${type}`;

/** Reads a stored draft. Returns null if the storage is denied or the text is invalid. */
function read(key: string): Partial<Draft> | null {
  try {
    const kept: unknown = parseJson(globalThis.localStorage.getItem(key) ?? 'null');
    return typeof kept === 'object' && kept !== null ? kept : null;
  } catch {
    // The storage is denied, or contains data of an older version. Start with an empty draft.
    return null;
  }
}

/** Returns the draft of one job type. Files and texts of other types are not part of it. */
export function loadDraft(type: string): Draft {
  const fresh = emptyDraft(type);
  const last = read(LAST);
  const kept = type ? (read(keyOf(type)) ?? (last?.type === type ? last : null)) : null;
  return kept ? { ...fresh, ...kept, type, options: { ...fresh.options, ...kept.options } } : fresh;
}

/** Returns the draft of the last chosen type. */
export const loadLastDraft = (): Draft => loadDraft(read(LAST)?.type ?? '');

/** Stores uploaded files in the draft of a type that is not shown. */
export function keepUploaded(type: string, uploaded: UploadedFile[]): void {
  try {
    globalThis.localStorage.setItem(keyOf(type), stringifyJson({ ...loadDraft(type), uploaded }));
  } catch {
    // The storage is full or denied. The files are uploaded again after a reload.
  }
}

/** Stores the draft under its type. Returns false if the browser's storage is full or denied. */
export function saveDraft(draft: Draft): boolean {
  try {
    const { localStorage } = globalThis;
    if (draft.type) localStorage.setItem(keyOf(draft.type), stringifyJson(draft));
    localStorage.setItem(LAST, stringifyJson({ type: draft.type }));
    return true;
  } catch {
    // The storage is full or denied. The caller shows that a reload would lose the draft.
    return false;
  }
}

/** Deletes the draft of a type, after its launch or on request. */
export function dropDraft(type: string): void {
  try {
    globalThis.localStorage.removeItem(keyOf(type));
    globalThis.localStorage.removeItem(LAST);
  } catch {
    // The storage is denied, so no draft was stored.
  }
}
