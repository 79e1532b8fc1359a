import { describe, expect, it } from 'vitest';
import { chosenValues, fromFilters, withValue } from './edit';
import { isAge, parseDuration, resolveMoment } from './measures';
import { suggest, valueAt } from './suggest';

const NOW = Date.parse('2026-05-10T12:34:56.789Z');
const KNOWN = { types: [{ type: 'bulk-operation', title: 'HTTP calls' }], dataFields: ['customer', 'url'] };
const at = (text: string, caret = text.length) => suggest(text, caret, 'jobs', KNOWN);

describe('a filter', () => {
  it('changes its term and leaves the rest as it was written', () => {
    const text = 'error:*"too many"* status:failed "free text"';
    expect(chosenValues(text, 'jobs', 'status')).toEqual(['failed']);
    expect(withValue(text, 'jobs', 'status', 'failed,active')).toBe(
      'error:*"too many"* status:failed,active "free text"',
    );
    expect(withValue(text, 'jobs', 'status', '')).toBe('error:*"too many"* "free text"');
    expect(withValue('-status:failed', 'jobs', 'status', 'active')).toBe('-status:failed status:active');
    expect(withValue('', 'jobs', 'created', '>1h')).toBe('created:>1h');
    expect(chosenValues('created:>1h', 'jobs', 'created')).toEqual(['>1h']);
  });

  it('of an earlier address becomes a query', () => {
    expect(fromFilters({ status: 'failed,bogus,active', type: 'diagnostic', q: 'a b' }, 'jobs')).toBe(
      'status:failed,active type:diagnostic "a b"',
    );
    expect(fromFilters({ status: '', q: '  ' }, 'flows')).toBe('');
    expect(fromFilters({ q: '0199aaaa-0000-7000-8000-000000000000' }, 'jobs')).toMatch(/^id:0199/);
  });
});

describe('a suggestion', () => {
  it('offers values that were used, quoted where needed, for their field only', () => {
    const used = {
      field: 'batch',
      values: [
        { value: 'March import', count: 3 },
        { value: 'arch', count: 1 },
      ],
    };
    const labels = (text: string) => suggest(text, text.length, 'jobs', { ...KNOWN, used }).map((each) => each.text);
    expect(labels('batch:')).toEqual(['batch:"March import"', 'batch:arch']);
    expect(labels('-batch:IMP')).toEqual(['-batch:"March import"']);
    expect(labels('batch:arch,')).toEqual(['batch:arch,"March import"']);
    expect(labels('by:')).toEqual([]);
  });

  it('knows which value is being written', () => {
    expect(valueAt('status:failed -By:an', 20)).toEqual({ field: 'by', typed: 'an' });
    expect(valueAt('tag:a,b', 7)).toEqual({ field: 'tag', typed: 'b' });
    expect([valueAt('sta', 3), valueAt('tag:a ', 6), valueAt('batch:"Mar', 10)]).toEqual([null, null, null]);
  });

  it('completes the word at the caret and leaves what is around it', () => {
    expect(at('sta')[0]).toMatchObject({ text: 'status:', from: 0, to: 3, goesOn: true });
    expect(at('status:failed -ty x', 17)[0]).toMatchObject({ text: '-type:', from: 14, to: 17 });
    expect(at('"a b" cr')[0]).toMatchObject({ text: 'created:', from: 6, to: 8 });
    expect(at('').map(({ label }) => label)).toContain('data.');
  });

  it('offers the values of a field', () => {
    expect(at('status:').map(({ label }) => label)).toContain('failed');
    expect(at('status:failed,ca').map(({ text }) => text)).toEqual(['status:failed,cancelled']);
    expect(at('type:http').map(({ text }) => text)).toEqual(['type:bulk-operation']);
    expect(at('data.cu').map(({ text }) => text)).toEqual(['data.customer:']);
    expect(at('created:>').length).toBeGreaterThan(1);
    expect(at('is:').map(({ label }) => label)).toEqual(['dead', 'paused', 'queued']);
  });

  it('finds a pasted id by its field', () => {
    const id = '0199aaaa-0000-7000-8000-000000000000';
    expect(at(id).map(({ text }) => text)).toEqual([`id:${id}`]);
  });

  it('is silent inside of quotes and for a complete value', () => {
    expect(at('error:"sta')).toEqual([]);
    expect(at('status:failed').map(({ label }) => label)).not.toContain('failed');
  });
});

/** Postgres has no year 0, and an ISO time of five digits is none to it. */
const OUTSIDE = ['0000-01-01', '0000-12-31T23:59Z', '0001-01-01T00:00+14:00', '9999-12-31', '9999-12-31T23:59-12:00'];

describe('a measure', () => {
  it('of time covers what was written', () => {
    const period = (text: string) => {
      const found = resolveMoment(text, NOW);
      return found && [new Date(found.start).toISOString(), found.end - found.start];
    };
    expect(period('2026-05-01')).toEqual(['2026-05-01T00:00:00.000Z', 86_400_000]);
    expect(period('2026-05-01T10:30')).toEqual(['2026-05-01T10:30:00.000Z', 60_000]);
    expect(period('2026-05-01T10:30:05+02:00')).toEqual(['2026-05-01T08:30:05.000Z', 1000]);
    expect(period('2026-05-01T10:30:05.250Z')).toEqual(['2026-05-01T10:30:05.250Z', 1]);
    expect(period('today')).toEqual(['2026-05-10T00:00:00.000Z', 86_400_000]);
    expect(period('yesterday')).toEqual(['2026-05-09T00:00:00.000Z', 86_400_000]);
    expect(period('0001-01-01')).toEqual(['0001-01-01T00:00:00.000Z', 86_400_000]);
    expect(period('9999-12-30')).toEqual(['9999-12-30T00:00:00.000Z', 86_400_000]);
    expect(period('2h')?.[0]).toBe('2026-05-10T10:34:56.789Z');
    for (const wrong of ['', '2026', '2026-13-01', '2026-02-30', '2026-05-01T25:00Z', 'tomorrow', '1y', ...OUTSIDE]) {
      expect(period(wrong), wrong).toBeUndefined();
    }
  });

  it('of duration has units', () => {
    expect(parseDuration('500ms')).toBe(500);
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(parseDuration('1.5s')).toBe(1500);
    expect(parseDuration('30')).toBeUndefined();
    expect(isAge('2d')).toBe(true);
    expect(isAge('999999999w')).toBe(false);
  });
});
