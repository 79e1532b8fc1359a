/** An error that the user can fix: printed without a stack trace. */
export class StartError extends Error {
  /** @override */
  name = 'StartError';
}

/**
 * Returns the code of a system error, such as ENOENT, or undefined for other errors.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Returns the code of an error, or its message if it has none.
 * @param {unknown} error
 */
export const codeOrMessage = (error) => codeOf(error) ?? messageOf(error);

/**
 * Prints why the start failed.
 * @param {unknown} error
 */
export function report(error) {
  console.error(error instanceof StartError ? error.message : error);
}
