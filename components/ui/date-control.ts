/** The value of a date and time control, in the time zone of this browser. */
export function toControl(at: string | null): string {
  if (at === null) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The moment that a date and time control shows; null while it is empty. */
export const fromControl = (value: string): string | null => (value === '' ? null : new Date(value).toISOString());
