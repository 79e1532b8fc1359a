import type { LaunchFields } from '@/lib/contracts/batch';
import type { OptionsDraft } from './options';

export type Source = 'files' | 'paste' | 'form';
export type PasteFormat = 'auto' | 'json' | 'ndjson' | 'csv' | 'lines';

/** A file that the server has. */
export interface UploadedFile {
  fileId: string;
  name: string;
  size: number;
}

/** Everything of a launch that is typed or chosen; kept over a reload. */
export interface Draft {
  type: string;
  /** null = as suggested */
  name: string | null;
  source: Source | null;
  paste: string;
  pasteFormat: PasteFormat;
  /** the field that a plain line becomes */
  lineField: string;
  form: Record<string, string>;
  copies: string;
  /** fields besides the file, the same for each of them */
  ofFiles: Record<string, string>;
  options: OptionsDraft;
  uniqueKey: string;
  start: LaunchFields['start'];
  /** further items may be added until it is sealed */
  keepOpen: boolean;
  uploaded: UploadedFile[];
  /** leave the bad rows of a table out */
  skipBad: boolean;
  /** the same for as long as the person means the same launch, so that a doubtful one can be sent again */
  idempotencyKey: string;
}

/** A random key; works on plain http too, where randomUUID does not exist. */
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
  start: 'now',
  keepOpen: false,
  uploaded: [],
  skipBad: false,
  idempotencyKey: newKey(),
});
