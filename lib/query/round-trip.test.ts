import { expect, it } from 'vitest';
import { Random } from '@/lib/testing/generate/random';
import { fieldsOf, type NamedField, STATES, STATUSES } from './fields';
import { parseQuery } from './parse';
import { printQuery, queryOf } from './print';
import { type Bound, type Pattern, QUERY_KINDS, type Query, type QueryKind, type Range, type Term } from './query';

const NOW = Date.parse('2026-05-10T12:00:00Z');
const TEXTS = [
  'acme',
  'a b',
  'a"b',
  '\\',
  '"',
  '-x',
  'a:b',
  'a,b',
  '..',
  'a..b',
  '>1',
  '<',
  '*',
  'é',
  '日本',
  '😀',
  '\t',
  '\\"',
  ' ',
  "it's",
];

function randomTerm(random: Random, kind: QueryKind): Term {
  const text = () => random.pick(TEXTS) + (random.chance(0.3) ? random.pick(TEXTS) : '');
  const pattern = (): Pattern => {
    const parts = Array.from({ length: random.whole(1, 4) }, () => (random.chance(0.2) ? '' : text()));
    return parts;
  };
  const range = (ends: readonly [string, string]): Range => {
    const end = (at: 0 | 1, inclusive = random.chance(0.5)): Bound => ({ text: ends[at], inclusive });
    if (random.chance(0.4)) return { from: end(0, true), to: end(1, true) };
    return random.chance(0.5) ? { from: end(0) } : { to: end(1) };
  };
  const not = random.chance(0.3);
  const field = random.pick<NamedField | 'text'>([...fieldsOf(kind), 'text']);
  const some = <T>(make: () => T): T[] => Array.from({ length: random.whole(1, 3) }, make);
  switch (field) {
    case 'status':
      return { field, not, any: some(() => [random.pick(STATUSES[kind])]) };
    case 'is':
      return { field, not, any: some(() => [random.pick(STATES[kind])]) };
    case 'id':
      return { field, not, any: some(() => [text()]) };
    case 'type':
    case 'code':
    case 'batch':
    case 'by':
    case 'tag':
      return { field, not, any: some(pattern) };
    case 'error':
    case 'reason':
    case 'name':
      return { field, not, pattern: pattern() };
    case 'data':
    case 'result': {
      const test = random.chance(0.6) ? { pattern: pattern() } : { range: range([text(), text()]) };
      return { field, path: some(text), not, test };
    }
    case 'created':
    case 'finished':
      return random.chance(0.3)
        ? { field, not, test: { at: random.pick(['today', '2026-05-01', '2026-05-01T10:00:00.123Z']) } }
        : {
            field,
            not,
            test: {
              range: range(
                random.pick([
                  ['2026-05-01', 'today'],
                  ['3d', '1h30m'],
                ] as const),
              ),
            },
          };
    case 'took':
      return { field, not, test: { range: range(['500ms', '1h30m']) } };
    case 'attempts':
    case 'item':
      return { field, not, test: random.chance(0.5) ? { at: '2' } : { range: range(['1', '7']) } };
    default: {
      const words = pattern();
      return { field: 'text', not, pattern: words.some((part) => part.trim()) ? words : ['word'] };
    }
  }
}

it('gives the same query after it was printed, whatever is in it', () => {
  const random = new Random(7);
  for (let run = 0; run < 3000; run += 1) {
    const kind = random.pick(QUERY_KINDS);
    const query: Query = { terms: Array.from({ length: random.whole(0, 5) }, () => randomTerm(random, kind)) };
    const text = printQuery(query);
    const parsed = parseQuery(text, kind, NOW);
    expect(parsed.problems, text).toEqual([]);
    expect(queryOf(parsed.terms), text).toEqual(query);
    expect(printQuery(queryOf(parsed.terms))).toBe(text);
  }
});

it('understands every text or says where it does not', () => {
  const random = new Random(11);
  const pieces = [
    ...TEXTS,
    'status',
    'data.',
    'created',
    ':',
    '-',
    '"',
    ' ',
    '*',
    '..',
    '>',
    ',',
    'failed',
    '1h',
    '\u0000',
  ];
  for (let run = 0; run < 5000; run += 1) {
    const text = Array.from({ length: random.whole(0, 12) }, () => random.pick(pieces)).join('');
    const { terms, problems } = parseQuery(text, random.pick(QUERY_KINDS), NOW);
    for (const { at, length } of [...terms, ...problems]) expect(at + length, text).toBeLessThanOrEqual(text.length);
    // Nothing is dropped: each run of characters is a term or holds a problem.
    if (text.trim() !== '') expect(terms.length + problems.length, text).toBeGreaterThan(0);
  }
});
