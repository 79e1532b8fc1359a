/** A table cannot be read any further. The message explains to the person who uploaded it why, and what to do. */
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
