import { expect, it } from 'vitest';
import type { FileDto } from '@/lib/contracts/file';
import { askedOf } from './ranges';

const file: FileDto = { fileId: 'f', name: 'a', size: 100, contentType: 'text/plain', sha256: 'abc' };
const whole = { kind: 'whole' };
const part = (start: number, end: number) => ({ kind: 'part', start, end });

it.each<[Record<string, string>, object]>([
  [{}, whole],
  [{ range: 'bytes=0-9' }, part(0, 9)],
  [{ range: 'bytes=90-' }, part(90, 99)],
  [{ range: 'bytes=90-5000' }, part(90, 99)],
  [{ range: 'bytes=-10' }, part(90, 99)],
  [{ range: 'bytes=-500' }, part(0, 99)],
  [{ range: 'bytes=100-' }, { kind: 'unsatisfiable' }],
  [{ range: 'bytes=-0' }, { kind: 'unsatisfiable' }],
  [{ range: 'bytes=9-5' }, whole],
  [{ range: 'bytes=0-1,5-6' }, whole],
  [{ range: 'lines=0-1' }, whole],
  [{ range: 'bytes=0-9', 'if-range': '"abc"' }, part(0, 9)],
  [{ range: 'bytes=0-9', 'if-range': '"other"' }, whole],
  [{ range: 'bytes=0-9', 'if-range': 'W/"abc"' }, whole],
  [{ 'if-none-match': '"x", W/"abc"' }, { kind: 'unchanged' }],
  [{ 'if-none-match': '"x"' }, whole],
])('parses %j as %j', (headers, asked) => {
  expect(askedOf(new Headers(headers), file)).toEqual(asked);
});

it('finds no range in an empty file', () => {
  expect(askedOf(new Headers({ range: 'bytes=0-' }), { ...file, size: 0 })).toEqual({ kind: 'unsatisfiable' });
});
