import { describe, expect, it } from 'vitest';
import { chunk, sentencesOf } from './chunk';

const never = new AbortController().signal;
const prose = (n: number) =>
  Array.from({ length: n }, (_, i) => `Sentence number ${i} tells a little about the subject.`).join(' ');

describe('chunk', () => {
  it('leaves a short document whole', async () => {
    expect(await chunk([{ text: 'One.' }, { text: 'Two.' }], never)).toEqual(['One.\n\nTwo.']);
  });

  it('cuts between sentences, near the target, with an overlap', async () => {
    const chunks = await chunk([{ text: prose(100) }], never);
    expect(chunks.length).toBeGreaterThan(4);
    for (const [i, text] of chunks.entries()) {
      expect(text.length).toBeLessThanOrEqual(1000);
      expect(text).toMatch(/^Sentence number \d+ .*subject\.$/);
      const before = chunks[i - 1]?.split(/(?<=\.) /) ?? [];
      if (i > 0) expect(before).toContain(text.split(/(?<=\.) /)[0]);
    }
    for (let i = 0; i < 100; i++) expect(chunks.some((text) => text.includes(`Sentence number ${i} `))).toBe(true);
  });

  it('starts a chunk at a heading, and repeats the heading in later chunks of its section', async () => {
    const chunks = await chunk(
      [{ text: 'First', heading: 1 }, { text: prose(30) }, { text: 'Second', heading: 2 }, { text: prose(10) }],
      never,
    );
    const second = chunks.findIndex((text) => text.startsWith('Second\n\n'));
    expect(second).toBe(chunks.length - 1);
    for (const text of chunks.slice(0, second)) expect(text.startsWith('First\n\n')).toBe(true);
  });

  it('puts small sections into one chunk', async () => {
    const blocks = [1, 2, 3].flatMap((n) => [{ text: `Heading ${n}`, heading: 2 }, { text: `Text ${n}.` }]);
    expect(await chunk(blocks, never)).toHaveLength(1);
  });

  it('keeps a document that has only headings', async () => {
    expect(
      await chunk(
        [
          { text: 'A', heading: 1 },
          { text: 'B', heading: 2 },
        ],
        never,
      ),
    ).toEqual(['A\n\nB']);
  });

  it('bounds text without sentence ends, and never splits a character', async () => {
    for (const text of ['x'.repeat(50_000), '🦊'.repeat(20_000), `a${'🦊'.repeat(20_000)}`, 'word '.repeat(10_000)]) {
      const chunks = await chunk([{ text }], never);
      expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1000);
      expect(chunks.join('')).not.toMatch(/\p{Cs}/u);
      expect(chunks.join('').replace(/ /g, '').length).toBeGreaterThanOrEqual(text.replace(/ /g, '').length);
    }
  });

  it.each([
    ['letters without a blank', 'x'.repeat(99_992)],
    ['Chinese without a full stop', '我能吞下玻璃而不伤身体'.repeat(3000)],
    ['one sentence of many words', 'some words '.repeat(3000)],
  ])('repeats the end of a chunk in the next one, also of %s', async (_, filler) => {
    for (const at of [840, 845, 850, 990, 1000, 1700, 50_000]) {
      const text = `${filler.slice(0, at)}needle42${filler.slice(at)}`;
      const chunks = await chunk([{ text }], never);
      expect(chunks.some((piece) => piece.includes('needle42'))).toBe(true);
      expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1000);
    }
  });

  it.each([
    [100, 0],
    [100, 50],
    [300, 20],
    [4000, 2000],
  ])('respects a size of %i and an overlap of %i', async (size, overlap) => {
    const words = Array.from({ length: 3000 }, (_, i) => `word${i}`).join(' ');
    const blocks = [{ text: 'A heading of the section', heading: 1 }, { text: words }, { text: prose(60) }];
    const chunks = await chunk(blocks, never, { size, overlap });
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(size);
    for (let i = 0; i < 3000; i++) expect(chunks.some((piece) => piece.includes(`word${i}`))).toBe(true);
    const bare = chunks.slice(1, -1).map((piece) => piece.replace('A heading of the section\n\n', ''));
    const repeats = bare.filter(
      (piece, i) =>
        (chunks[i] ?? '').endsWith(piece.slice(0, 8)) || (overlap > 0 && (chunks[i] ?? '').includes(piece.slice(0, 8))),
    );
    if (overlap > 0) expect(repeats.length).toBeGreaterThan(0);
    if (overlap === 0) expect(bare.join('').split('word17 ')).toHaveLength(2);
  });

  it('never splits a grapheme', async () => {
    for (const sign of ['👨‍👩‍👧‍👦', 'e\u0301', '🇩🇪', 'கி']) {
      const chunks = await chunk([{ text: sign.repeat(2000) }], never);
      for (const piece of chunks) expect(piece.replaceAll(sign, '')).toBe('');
    }
  });

  it('bounds a document that has only headings', async () => {
    const chunks = await chunk(
      Array.from({ length: 500 }, (_, i) => ({ text: `Heading ${i}`, heading: 2 })),
      never,
    );
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1000);
    expect(chunks.join('\n')).toContain('Heading 499');
  });

  it('detects sentence ends in other languages', () => {
    expect([...sentencesOf('吾輩は猫である。名前はまだ無い。', 1000)]).toEqual([
      '吾輩は猫である。',
      '名前はまだ無い。',
    ]);
    expect([...sentencesOf('It wraps\nhere. Next.\nA line', 1000)]).toEqual(['It wraps\nhere. ', 'Next.\n', 'A line']);
  });

  it('cuts a large document without blocking the event loop, and stops when it is aborted', async () => {
    const blocks = Array.from({ length: 400 }, () => ({ text: prose(100) }));
    const stop = new AbortController();
    let turns = 0;
    const timer = setInterval(() => ++turns > 2 && stop.abort(new Error('stopped')), 1);
    await expect(chunk([...blocks, ...blocks, ...blocks], stop.signal)).rejects.toThrow('stopped');
    clearInterval(timer);
  });
});
