import { CronExpressionParser } from 'cron-parser';
import { DomainError } from '@/lib/domain/errors';

/** A cron expression, evaluated on a plain wall clock: milliseconds since 1970 as if the zone were UTC. */
export interface Cron {
  /** the hours are `*`: it runs in every real hour, whatever the clocks do */
  everyHour: boolean;
  /** returns the first match after a wall time; null if there is none */
  next(after: number): number | null;
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Returns the five fields of an expression, with single blanks. */
export function fieldsOfCron(text: string): string {
  const trimmed = text.trim().replaceAll(/\s+/g, ' ');
  return MACROS[trimmed.toLowerCase()] ?? trimmed;
}

/**
 * Reads a cron expression of five fields: minute, hour, day of month, month, day of week. Names of months and days, `L`,
 * `#`, lists, ranges, steps and `@daily` are understood.
 * @throws DomainError `invalid-request` with the path `cron`
 */
export function parseCron(text: string): Cron {
  const fields = fieldsOfCron(text);
  const parts = fields.split(' ');
  if (parts.length !== 5) {
    throw wrongCron(`has ${parts.length === 1 ? '1 field' : `${parts.length} fields`}; five are needed`);
  }
  // The library chooses a value for H, and each time another one.
  if (/(?:^|[\s,])H/.test(fields)) throw wrongCron('has H, which is not supported');
  const expression = parse(fields);
  const everyHour = ['*', '?', '*/1', '0-23'].includes(parts[1] ?? '');
  return {
    everyHour,
    next(after) {
      expression.reset(new Date(after));
      try {
        return expression.next().getTime();
      } catch {
        // The library throws when it has searched for years: 30 February.
        return null;
      }
    },
  };
}

function parse(fields: string) {
  try {
    return CronExpressionParser.parse(fields, { tz: 'UTC' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be read';
    throw wrongCron(`is not valid: ${reason}`, cause);
  }
}

const wrongCron = (message: string, cause?: unknown): DomainError =>
  new DomainError('invalid-request', `The cron expression ${message}.`, {
    errors: [{ path: 'cron', message }],
    ...(cause === undefined ? {} : { cause }),
  });
