import { describe, expect, it } from 'vitest';
import type { ResultRow } from '@/lib/domain/batch/stream-results';
import { collect } from '@/lib/testing/collect';
import { resultsText } from './text';

const rows: ResultRow[] = [
  {
    index: 0,
    status: 'completed',
    input: { a: 1 },
    result: { ok: true },
    error: null,
    warnings: null,
    tokens: null,
    usd: null,
  },
  {
    index: 1,
    status: 'failed',
    input: '=1+1',
    result: null,
    error: { message: '=cmd|"x"' },
    warnings: null,
    tokens: null,
    usd: null,
  },
  { index: 2, status: 'pending', input: 'a,b', result: null, error: null, warnings: null, tokens: null, usd: null },
];

async function* pages() {
  yield rows.slice(0, 2);
  yield rows.slice(2);
}

const text = async (format: 'csv' | 'jsonl') => Buffer.concat(await collect(resultsText(pages(), format))).toString();

describe('results', () => {
  it('are JSON lines, with result or error only if there is one', async () => {
    const lines = (await text('jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { index: 0, status: 'completed', input: { a: 1 }, result: { ok: true } },
      { index: 1, status: 'failed', input: '=1+1', error: { message: '=cmd|"x"' } },
      { index: 2, status: 'pending', input: 'a,b' },
    ]);
  });

  it('are CSV without formulas', async () => {
    expect(await text('csv')).toBe(
      'index,status,input,result,error\r\n' +
        '0,completed,"{""a"":1}","{""ok"":true}",\r\n' +
        '1,failed,"""=1+1""",,"\'=cmd|""x"""\r\n' +
        '2,pending,"""a,b""",,\r\n',
    );
  });
});
