/** An error that the user can act on: shown as it is, without a stack. */
export class StartError extends Error {
  /** @override */
  name = 'StartError';
}

/**
 * The code of a system error, such as ENOENT; undefined for other errors.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The code of an error, or its message where it has none.
 * @param {unknown} error
 */
export const codeOrMessage = (error) => codeOf(error) ?? messageOf(error);

/**
 * Shows why the start can't go on.
 * @param {unknown} error
 */
export function report(error) {
  console.error(error instanceof StartError ? error.message : error);
}
