import { toString as describeCron } from 'cronstrue';
import { fieldsOfCron } from './cron';

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** Returns when a schedule fires, for people: `Every 15 minutes`, `At 02:30, Monday through Friday`. */
export function wordsOf({ cron, everySeconds }: { cron: string | null; everySeconds: number | null }): string {
  if (cron !== null) {
    return describeCron(fieldsOfCron(cron), { use24HourTimeFormat: true, throwExceptionOnParseError: false });
  }
  const seconds = everySeconds ?? 0;
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0) ?? [1, 'second'];
  const many = seconds / size;
  return many === 1 ? `Every ${unit}` : `Every ${many.toLocaleString('en')} ${unit}s`;
}
