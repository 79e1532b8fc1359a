/** Names that a field can have, for screens too. The schemas of the API take them from here. */

export const IMPORT_STATUSES = ['reading', 'ready', 'checking', 'checked', 'launching', 'launched', 'failed'] as const;

/** `reading`: fetched or unpacked; `ready`: needs a mapping; `checked`: can be launched; `failed`: see `error`. */
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** Returns whether a worker is processing an import with this status. */
export const isImportBusy = (status: ImportStatus): boolean =>
  status === 'reading' || status === 'checking' || status === 'launching';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;

/** Browsers and spreadsheets use `windows-1252` where a file declares Latin-1. */
export type Encoding = (typeof ENCODINGS)[number];

/** `critical`: work is lost or stands still against somebody's will. `notice`: it waits, as somebody wanted. */
export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Fields of queries whose values are what was used. */
export const VALUE_FIELDS = ['by', 'batch', 'tag', 'code'] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

export const DEAD_GROUPINGS = ['reason', 'type', 'batch'] as const;
export type DeadGrouping = (typeof DEAD_GROUPINGS)[number];

/** Where the items of a batch come from. All but the first are read anew by each firing. */
export const ITEM_SOURCES = ['items', 'file', 'url', 'query'] as const;
export type ItemSource = (typeof ITEM_SOURCES)[number];

/** How an item differs. `here` is the batch of the address, `there` the one that it is compared with. */
export const ITEM_CHANGES = [
  'newly-failed',
  'newly-completed',
  'otherwise-changed',
  'same',
  'only-here',
  'only-there',
] as const;
export type ItemChange = (typeof ITEM_CHANGES)[number];

/** The states that are compared: how an item ended, or that it has not. */
export const COMPARED_STATES = ['completed', 'failed', 'cancelled', 'open'] as const;
