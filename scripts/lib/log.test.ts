import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { openLog } from './log.mjs';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const full = () => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};

function listen(): string[] {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  return said;
}

describe('a log on a full disk', () => {
  it('throws nothing, reports it once, continues when there is room, and counts missing lines', () => {
    const said = listen();
    let isFull = false;
    const log = openLog(folder, 'web', (fd: number, text: string) => (isFull ? full() : writeSync(fd, text)));
    log.write('first');
    isFull = true;
    for (let i = 0; i < 5; i += 1) log.write('lost');
    isFull = false;
    log.write('last');
    log.close();
    expect(said).toEqual([
      `${log.path} can't be written (ENOSPC); going on without it.\n`,
      `${log.path} is written again; 5 lines are missing.\n`,
    ]);
    expect(readFileSync(log.path, 'utf8')).toBe(
      'first\n\n(5 lines are missing here: the log could not be written)\nlast\n',
    );
  });

  it('that cannot be opened is opened as soon as possible', () => {
    const said = listen();
    const place = join(folder, 'later');
    writeFileSync(place, 'a file where the folder should be');
    const log = openLog(place, 'workers');
    expect(log.fd).toBeNull();
    log.write('lost');
    rmSync(place);
    mkdirSync(place);
    log.write('kept');
    log.close();
    expect(said).toHaveLength(2);
    expect(readFileSync(join(place, 'workers.log'), 'utf8')).toContain('kept\n');
  });
});
