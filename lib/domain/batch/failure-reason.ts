/** An SQL expression for what a failed row says, as far as reasons go. */
export const FAILURE_MESSAGE = `left(coalesce(error->>'message', 'unknown'), 300)`;

/** Numbers, ids and quoted parts of a message don't make a reason of its own. @param message an SQL expression */
export const reasonOf = (message: string): string =>
  `regexp_replace(${message}, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*"', '#', 'g')`;
