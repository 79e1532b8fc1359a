/**
 * Returns a value that can be missing only because of a bug.
 * @param what names the value in the error
 * @throws Error if it is missing, because an empty value would fail later in another place
 */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing. This is a fault of the product.`);
  return value;
}
