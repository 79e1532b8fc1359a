import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '@/lib/config/service-trouble';
import { shown } from '@/scripts/lib/cli-output';

export const CHECKS = [
  'node',
  'settings',
  'storage',
  'web',
  'database',
  'migrations',
  'clock',
  'queue',
  'workers',
  'jobs',
  'mail',
] as const;
export type Check = (typeof CHECKS)[number];

/** What the doctor found out about one part of an installation. */
export interface Finding {
  check: Check;
  /** `unknown`: it could not be looked at, for a reason that another finding names */
  state: 'ok' | 'warning' | 'broken' | 'unknown';
  found: string;
  /** what to do about it */
  todo?: string;
}

/** What a check says about itself; nothing else means that it is in order. */
export type Said = Omit<Finding, 'check'>;

export const ok = (found: string): Said => ({ state: 'ok', found });
export const warning = (found: string, todo: string): Said => ({ state: 'warning', found, todo });
export const broken = (found: string, todo: string): Said => ({ state: 'broken', found, todo });
export const unknown = (found: string): Said => ({ state: 'unknown', found });

const PATIENCE_MS = 15_000;

/** Looks at one part. One that throws, or gives no answer, is broken. */
export async function look(
  check: Check,
  work: () => Promise<Said> | Said,
  todo: string,
  patienceMs: number = PATIENCE_MS,
): Promise<Finding> {
  const left = new AbortController();
  const late = sleep(patienceMs, broken(`no answer in ${patienceMs / 1000} s`, todo), { signal: left.signal });
  try {
    return { check, ...(await Promise.race([work(), late])) };
  } catch (error) {
    return { check, ...broken(error instanceof Error ? reasonOf(error) : String(error), todo) };
  } finally {
    late.catch(() => undefined);
    left.abort();
  }
}

/** A finding for people. */
export function findingText({ check, state, found, todo }: Finding): string {
  const indent = ' '.repeat(22);
  const text = `${state.padEnd(9)}${check.padEnd(13)}${shown(found).replaceAll('\n    ', `\n${indent}`)}`;
  return todo === undefined ? text : `${text}\n${indent}→ ${shown(todo)}`;
}

/** How all is, in one line. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const [wrong, warned, unseen] = [count('broken'), count('warning'), count('unknown')];
  if (wrong + warned + unseen === 0) return 'All is in order.';
  const parts = [
    wrong > 0 ? `${wrong} broken` : '',
    warned > 0 ? `${warned} ${warned === 1 ? 'warning' : 'warnings'}` : '',
    unseen > 0 ? `${unseen} not looked at` : '',
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}

/** 1 if something is broken. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ state }) => state === 'broken') ? 1 : 0;
