import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findDifferences, tally } from './demo-counts.mjs';
import { findDocuments } from './demo-documents.mjs';
import { progressLine } from './progress-bar.mjs';
import { readEvents } from './sse.mjs';

describe('comparing counts', () => {
  const done = { total: 3, completed: 2, failed: 1, cancelled: 0 };

  it('counts rows by status, and open ones only in the total', () => {
    const rows = ['completed', 'failed', 'completed', 'active'];
    expect(tally(rows, (status: string) => status)).toEqual({ total: 4, completed: 2, failed: 1, cancelled: 0 });
  });

  it('finds no difference where all agree, and skips sources without a count', () => {
    expect(findDifferences({ done, launched: { total: 3 }, rows: { ...done } })).toEqual([]);
  });

  it('names both sources that differ', () => {
    const rows = { total: 3, completed: 3, failed: 0, cancelled: 0 };
    expect(findDifferences({ done, rows })).toEqual([
      'completed: 2 in done, 3 in rows',
      'failed: 1 in done, 0 in rows',
    ]);
  });
});

describe('reading server-sent events', () => {
  const read = async (...chunks: string[]) => {
    const bytes = (async function* () {
      for (const chunk of chunks) yield new TextEncoder().encode(chunk);
    })();
    const events = [];
    for await (const event of readEvents(bytes)) events.push(event);
    return events;
  };

  it('joins pieces and skips heartbeats', async () => {
    const events = await read(': hello\n\nid: 7\nevent: do', 'ne\ndata: {"to', 'tal":3}\n\n: beat\n\n');
    expect(events).toEqual([{ id: '7', event: 'done', data: { total: 3 } }]);
  });

  it('keeps a character that was cut in two', async () => {
    const bytes = new TextEncoder().encode('event: error\ndata: {"message":"é"}\n\n');
    const cut = bytes.indexOf(0xc3) + 1;
    const chunks = (async function* () {
      yield bytes.slice(0, cut);
      yield bytes.slice(cut);
    })();
    for await (const { data } of readEvents(chunks)) expect(data).toEqual({ message: 'é' });
  });
});

describe('findDocuments', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batchyard-demo-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes each content once, without short or empty texts', () => {
    const write = (path: string, text: string) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text.repeat(500));
    };
    write('a/README.md', 'a');
    write('b/README.md', 'a');
    write('@s/c/docs/guide.md', 'c');
    write('a/CHANGELOG.md', 'd');
    write('a/notes.txt', 'e');
    writeFileSync(join(folder, 'a', 'short.md'), 'short');
    expect(findDocuments(folder, 10).map(({ title }) => title)).toEqual(['@s/c/docs/guide.md', 'a/README.md']);
    expect(findDocuments(folder, 1)).toHaveLength(1);
  });
});

it('progress is drawn from the counters alone', () => {
  const event = { progress: 50, completed: 4, failed: 1, cancelled: 0, active: 2, total: 10, ratePerSecond: 2.5 };
  const line = progressLine({ ...event, etaSeconds: 2 });
  expect(line).toContain(`${'█'.repeat(16)}${'░'.repeat(16)}  50%  5/10`);
  expect(line).toContain('1 failed');
  expect(line).toContain('2 s left');
});
