/** A table cannot be read further. The message explains to the user why, and what to do. */
export class ReadingError extends Error {
  override name = 'ReadingError';

  constructor(
    /** a stable code, such as `not-text` or `broken-quotes` */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
