import type { OptionsDraft } from '@/components/shared/batch-options';
import type { LaunchFields } from '@/lib/contracts/batch';

export type Source = 'files' | 'paste' | 'form';
export type PasteFormat = 'auto' | 'json' | 'ndjson' | 'csv' | 'lines';

/** A file that was uploaded to the server. */
export interface UploadedFile {
  fileId: string;
  name: string;
  size: number;
}

/** Everything that the user enters for a launch. It survives a reload. */
export interface Draft {
  type: string;
  /** null = the suggested name */
  name: string | null;
  source: Source | null;
  paste: string;
  pasteFormat: PasteFormat;
  /** the field for a plain line of text */
  lineField: string;
  form: Record<string, string>;
  copies: string;
  /** fields besides the file, the same for every file */
  ofFiles: Record<string, string>;
  options: OptionsDraft;
  uniqueKey: string;
  /** fields that are indexed, with blanks or commas between them */
  searchable: string;
  start: LaunchFields['start'];
  /** further items may be added until it is sealed */
  keepOpen: boolean;
  /** ids of the channels that are told when it has ended */
  notify: string[];
  /** an address that is told too; empty: none */
  notifyUrl: string;
  uploaded: UploadedFile[];
  /** excludes the invalid rows of a table */
  skipBad: boolean;
  /** renewed on each change, so that an unchanged draft can be sent again if the response was lost */
  idempotencyKey: string;
}

/** Returns a random key. Works on plain http too, where `randomUUID` is unavailable. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const emptyDraft = (type = ''): Draft => ({
  type,
  name: null,
  source: null,
  paste: '',
  pasteFormat: 'auto',
  lineField: '',
  form: {},
  copies: '1',
  ofFiles: {},
  options: {},
  uniqueKey: '',
  searchable: '',
  start: 'now',
  keepOpen: false,
  notify: [],
  notifyUrl: '',
  uploaded: [],
  skipBad: false,
  idempotencyKey: newKey(),
});
