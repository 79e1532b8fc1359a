const formats = new Map<string, Intl.DateTimeFormat>();

/** `Sun 29 Mar 2026, 03:00` on the wall clock of a time zone; with seconds if there are any. */
export function formatInZone(at: string | number, timeZone: string): string {
  const seconds = new Date(at).getUTCSeconds() !== 0;
  const key = `${timeZone} ${seconds}`;
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds ? { second: '2-digit' } : {}),
    });
  formats.set(key, format);
  return format.format(new Date(at));
}

/** The time zone of this browser. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
