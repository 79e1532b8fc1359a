import type { JobError } from '@/lib/contracts/errors';
import { type JobProgress, type JobWarning, METADATA_SHOWN } from '@/lib/contracts/job';
import { parseJson } from '@/lib/contracts/json';
import type { RedactionRoot } from '@/lib/contracts/redaction-paths';
import { type Context, may, seesPayloads } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { preview } from '@/lib/domain/preview';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';
import { changeBeginning } from './beginning';
import { likelyHidden } from './patterns';
import { readRedactor } from './read-redactor';
import type { Redactor } from './redactor';

/** What stands in the place of a message that may repeat a payload. */
export const HIDDEN_MESSAGE = 'Hidden: your membership does not show the contents of jobs.';

/**
 * What leaves the product for one caller: payloads whole, without what the organization's rules hide, or not at all.
 * Everything that returns rows of jobs and batches passes through it.
 */
export interface Door {
  level: 'full' | 'redacted' | 'hidden';
  /** a whole input, result or metadata; nothing at all where it is hidden */
  whole(value: unknown, root: RedactionRoot): Promise<unknown>;
  /** the same for a small value, at once */
  small(value: unknown, root: RedactionRoot): unknown;
  /** the beginning of a JSON text, as in lists */
  beginning(text: Buffer | null, root: RedactionRoot, bytes: number): string;
  /** a small value whose place in a job is not known, such as a cell */
  anyValue(value: unknown): unknown;
  /** whether a rule hides a field of inputs, such as `customer.email`, or a part of it */
  hidesField(field: string): boolean;
  /** a message that a job wrote */
  message(text: string): string;
  /** a name or description that somebody gave */
  label(text: string): string;
  /** a regular expression of Postgres: names that match it may be hidden in part, and are found by none of their parts */
  hiddenNames: string | null;
  /** whether names of jobs are shown that come from inputs: that the type makes of them, or that its batch takes from them */
  showsNamesOf(type: string, nameBy: string | null): boolean;
  /** whether tags, which are part of the metadata, can be searched */
  showsTags: boolean;
}

const derivesNames = (type: string): boolean => isJobType(type) && definitionOf(type).itemName !== undefined;

export const FULL: Door = {
  level: 'full',
  whole: async (value) => value,
  small: (value) => value,
  beginning: (text, _root, bytes) => preview(text, bytes),
  anyValue: (value) => value,
  hidesField: () => false,
  message: (text) => text,
  label: (text) => text,
  hiddenNames: null,
  showsNamesOf: () => true,
  showsTags: true,
};

export const HIDDEN: Door = {
  level: 'hidden',
  whole: async (value, root) => (root === 'metadata' ? value : undefined),
  small: (value, root) => (root === 'metadata' ? value : undefined),
  beginning: (text, root, bytes) => (root === 'metadata' ? preview(text, bytes) : ''),
  anyValue: () => null,
  hidesField: () => true,
  message: () => HIDDEN_MESSAGE,
  label: (text) => text,
  hiddenNames: null,
  showsNamesOf: (type, nameBy) => nameBy === null && !derivesNames(type),
  showsTags: true,
};

const MARK = '…';

const redactedDoor = (redactor: Redactor): Door => ({
  level: 'redacted',
  whole: (value, root) => redactor.whole(value, root),
  small: (value, root) => redactor.value(value, root),
  beginning(text, root, bytes) {
    if (text === null) return 'null';
    const isCut = text.length > bytes;
    // The last character may be cut in half; the end of a text that was cut is left out anyway.
    const shown = changeBeginning(text.toString(), isCut, (value) => redactor.value(value, root));
    return preview(Buffer.from(isCut ? shown + MARK : shown), bytes);
  },
  anyValue: (value) => redactor.anyValue(value),
  hidesField: (field) => redactor.hidesField(field),
  message: (text) => redactor.text(text),
  label: (text) => redactor.text(text),
  hiddenNames: likelyHidden(redactor.patterns),
  showsNamesOf: (type, nameBy) => !redactor.hasPaths('data') || (nameBy === null && !derivesNames(type)),
  showsTags: !redactor.hasPaths('metadata'),
});

/** Equal for callers of an organization who see the same of it, so that one read serves all of them. */
export function audienceOf(context: Context): string {
  const level = seesPayloads(context) ? (may(context, 'payload.see-unredacted') ? 'full' : 'redacted') : 'hidden';
  return `${context.organizationId} ${level}`;
}

/** Returns what the caller sees. The rules of an organization are read once in two seconds. */
export async function openDoor(context: Context): Promise<Door> {
  if (!seesPayloads(context)) return HIDDEN;
  if (may(context, 'payload.see-unredacted')) return FULL;
  const redactor = await readRedactor(context.organizationId);
  return redactor ? redactedDoor(redactor) : FULL;
}

/**
 * For what cannot be redacted: files, searches in payloads, expressions over them.
 * @param doing for the refusal: `download files`
 * @throws DomainError `forbidden`
 */
export async function requireUnredacted(context: Context, doing: string): Promise<void> {
  const { level } = await openDoor(context);
  if (level === 'hidden') {
    throw new DomainError('forbidden', `You may not ${doing}: your membership does not show the contents of jobs.`);
  }
  if (level === 'redacted') {
    throw new DomainError(
      'forbidden',
      `You may not ${doing}: parts of the contents are redacted for your role. An administrator sees them whole.`,
    );
  }
}

/** Bytes of a preview: enough to recognize the metadata. */
const METADATA_PREVIEW = 128;

/** Returns the metadata for a list: all of it, or only its beginning if it is long. */
export function metadataAt(door: Door, text: Buffer | null): { metadata: unknown; metadataPreview?: string } {
  if (text === null) return { metadata: null };
  if (text.length <= METADATA_SHOWN) return { metadata: door.small(parseJson(text.toString()), 'metadata') };
  return { metadata: null, metadataPreview: door.beginning(text, 'metadata', METADATA_PREVIEW) };
}

/** Returns an error of a job as the caller sees it. Its code stays: it has no part of a payload. */
export function errorAt(door: Door, error: JobError | null): JobError | null {
  if (door.level === 'full' || error === null) return error;
  const { message, code, stack } = error;
  return {
    message: door.message(message),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined || door.level === 'hidden' ? {} : { stack: door.message(stack) }),
  };
}

export const warningsAt = (door: Door, warnings: readonly JobWarning[]): JobWarning[] =>
  warnings.map(({ code, message }) => ({ code, message: door.message(message) }));

/** Returns a progress as the caller sees it. Its message and the curves are a job's own words. */
export function progressAt(door: Door, progress: JobProgress): JobProgress {
  if (door.level === 'full') return progress;
  const { current, total, message, chart } = progress;
  if (door.level === 'hidden') return { current, total, message: null };
  return { current, total, message: message && door.message(message), ...(chart ? { chart } : {}) };
}
