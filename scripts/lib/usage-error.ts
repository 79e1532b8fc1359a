/** A call that can't be made as it was written; the message says how. */
export class UsageError extends Error {}
