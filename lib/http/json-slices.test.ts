import { expect, it } from 'vitest';
import { parseInSlices, TooDeep, TooManyValues } from './json-slices';

const limits = { parse: (text: string): unknown => JSON.parse(text), maxDepth: 300, maxValues: 1_000_000 };

/** A pseudorandom generator with a fixed seed, so that each test run is the same. */
function randomOf(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
}

function anyJson(random: (n: number) => number, depth: number): string {
  const space = () => ['', '', ' ', '\n\t'][random(4)] ?? '';
  const scalars = ['1', '-2.5e3', 'true', 'null', '"a"', '"]}{[,:"', '"\\"\\\\"', '"é\\u0041"', '{}', '[]', '""'];
  if (depth === 0 || random(3) === 0) return scalars[random(scalars.length)] ?? '0';
  const many = random(6);
  const inner = Array.from({ length: many }, () => `${space()}${anyJson(random, depth - 1)}${space()}`);
  if (random(2) === 0) return `[${inner.join(',') || space()}]`;
  const keys = ['a', 'b', 'c', '__proto__', 'constructor', 'a\\"b', '7'];
  const members = inner.map((value) => `${space()}"${keys[random(keys.length)]}"${space()}:${value}`);
  return `{${members.join(',') || space()}}`;
}

const plainly = (text: string): { value: unknown } | 'broken' => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'broken';
  }
};

const inSlices = (text: string, slice: number): Promise<{ value: unknown } | 'broken'> =>
  parseInSlices(text, { ...limits, slice }).then(
    (value) => ({ value }),
    (error) => {
      if (error instanceof SyntaxError) return 'broken' as const;
      throw error;
    },
  );

it('accepts and refuses what JSON.parse does, however small the pieces', async () => {
  const random = randomOf(7);
  let broken = 0;
  for (let round = 0; round < 6000; round += 1) {
    let text = anyJson(random, 5);
    // Two of three texts are corrupted: a character is removed, doubled or inserted.
    if (round % 3 > 0) {
      const at = random(text.length + 1);
      const put = ['', ',', ']', '}', '[', '{', '"', ':', ' ', '1', '\\'][random(11)] ?? '';
      text = text.slice(0, at) + put + text.slice(at + random(2));
    }
    const wanted = plainly(text);
    if (wanted === 'broken') broken += 1;
    const got = await inSlices(text, 1 + random(30));
    expect(JSON.stringify(got), text).toBe(JSON.stringify(wanted));
    expect(got, text).toEqual(wanted);
  }
  expect(broken).toBeGreaterThan(1000);
});

it('keeps a member with the name __proto__ like any other, at any depth', async () => {
  const text = '{"__proto__":{"list":[1,2,3,4,5,6,7,8]},"b":1}';
  const value = (await parseInSlices(text, { ...limits, slice: 4 })) as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'b']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it('stops at its limits', async () => {
  await expect(parseInSlices(`${'['.repeat(301)}${']'.repeat(301)}`, limits)).rejects.toBeInstanceOf(TooDeep);
  const many = `[${'0,'.repeat(100_000)}0]`;
  await expect(parseInSlices(many, { ...limits, maxValues: 1000 })).rejects.toBeInstanceOf(TooManyValues);
});
