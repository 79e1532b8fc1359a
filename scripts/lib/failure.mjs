/** Something the person who started us can act on: shown as it is, without a stack. */
export class StartError extends Error {
  name = 'StartError';
}

/** Shows why we can't go on. */
export function report(error) {
  console.error(error instanceof StartError ? error.message : error);
}
