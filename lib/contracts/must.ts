/**
 * A value that is always there unless the product itself is wrong.
 * @param what names the value in the error
 * @throws Error where it is missing, instead of going on with an empty value that fails later and elsewhere
 */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing. This is a fault of the product.`);
  return value;
}
