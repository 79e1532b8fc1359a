import { expect, it } from 'vitest';
import type { LogLine } from '@/lib/api-client/client';
import { jsonLine, logText, shown } from './cli-output';

const line = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  at: '2026-01-02T03:04:05.678Z',
  level: 'warn',
  attempt: 2,
  message,
  ...more,
});

it('a line of a log has its time, level, item and attempt', () => {
  expect(logText(line('slow'))).toBe('2026-01-02T03:04:05.678Z  warn   [2]  slow');
  expect(logText(line('slow', { index: 11 }))).toBe('2026-01-02T03:04:05.678Z  warn   #12 [2]  slow');
});

it('nothing of a message reaches the terminal as a command, or looks like another line', () => {
  const hostile = 'a\u001b]0;title\u0007\u001b[2Jb\r\u009b31mc\u202ed\n2026-01-02T03:04:06Z  info  [1]  forged\n\n';
  expect(shown(hostile)).toBe('a]0;title[2Jb 31mcd\n    2026-01-02T03:04:06Z info [1] forged');
  const json = jsonLine(line(hostile));
  expect(json).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(JSON.parse(json).message).toBe(hostile);
});
