/** Bounds that screens name too. The schemas of the API take them from here: the browser loads no schema for a number. */

/** Jobs that a request names. */
export const MAX_JOB_IDS = 10_000;

/** Batches, or flows, that a request names. */
export const MAX_GROUP_IDS = 1_000;

/** Jobs of one download that are chosen in a list or by a query. */
export const MAX_CHOSEN_RESULTS = 100_000;

/** Rows below the header that a spreadsheet (XLSX) can hold. */
export const MAX_SHEET_ROWS = 1_048_575;

/** Of a password that someone chooses. */
export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

/** Maximum number of groups that `/failures` returns, and of failed children whose reason it reads. */
export const FAILURE_GROUPS = { most: 20, read: 50_000 };

/** A view is counted up to this number. */
export const MAX_COUNTED = 1_000;

export const IMPORT_LIMITS = {
  columns: 1000,
  /** maximum bytes of one row */
  rowBytes: 1024 ** 2,
  /** maximum number of invalid rows that are stored; all are counted */
  issues: 10_000,
  edits: 5000,
  files: 10_000,
  trialRows: 50,
  previewRows: 20,
};

/** Of a schedule with an interval. */
export const MIN_EVERY_SECONDS = 5;

/** Defaults of the options that neither the launch nor its job type sets. */
export const OPTION_DEFAULTS = { priority: 0, delaySeconds: 0, stopAfter: 20 } as const;
