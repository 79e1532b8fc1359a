/** A table that can't be read any further. Its message says why and what to do, for the person who brought it. */
export class ReadingError extends Error {
  override name = 'ReadingError';

  constructor(
    /** a stable word, such as `not-text` or `broken-quotes` */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
