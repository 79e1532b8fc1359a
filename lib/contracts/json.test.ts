import { describe, expect, it } from 'vitest';
import { doubleOf, ExactNumber, numberOf, parseJson, stringifyJson } from './json';

const kept = (text: string): string => stringifyJson(parseJson(text));

describe('parseJson and stringifyJson', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '3544790567247868103',
    '1000000000000000000000000',
    '0.1000000000000000055',
    '0.10000000000000001',
    '1234567890123456789012345.6789',
    '0.1000000000000000055511151231257827021181583404541015625',
    '1e400',
    '-1E+400',
    '1e-400',
    '5e-324',
    '2.2250738585072011e-308',
    '-0',
    '-0.0',
    '1.7976931348623157e+308',
    '1003.8580000000001',
    '0.30000000000000004',
  ])('keep the value of %s', (number) => {
    expect(kept(number)).toBe(number);
    expect(kept(` {"a" :[1,${number} ],"b":"${number}"}`)).toBe(`{"a":[1,${number}],"b":"${number}"}`);
  });

  it('return a number if it prints the same value, a bigint for other integers, else an ExactNumber', () => {
    expect(parseJson('[1.0, 1e0, 9007199254740992, 10000000000000000, 0.1, 1E2]')).toEqual([
      1,
      1,
      2 ** 53,
      1e16,
      0.1,
      100,
    ]);
    expect(parseJson('{"id":9007199254740993,"n":-12345678901234567890}')).toEqual({
      id: 2n ** 53n + 1n,
      n: -12345678901234567890n,
    });
    expect(parseJson('[0.1000000000000000055,1e400,-0]')).toEqual([
      new ExactNumber('0.1000000000000000055'),
      new ExactNumber('1e400'),
      new ExactNumber('-0'),
    ]);
    expect(parseJson('9'.repeat(2000))).toEqual(new ExactNumber('9'.repeat(2000)));
  });

  it('leave strings alone that look like a number', () => {
    for (const text of [
      '"9007199254740993"',
      '["\\"9007199254740993",": 9007199254740993,"]',
      '{"9007199254740993":"-0 1e400\\\\"}',
    ]) {
      expect(kept(text)).toBe(JSON.stringify(JSON.parse(text)));
    }
  });

  it('agree with JSON.parse on everything else', () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '"\\ud800"',
      '[]',
      'null',
      ' \n[1,\t2]\r\n',
      '"\u2028"',
      '{"__proto__":9007199254740993,"b":1}',
    ]) {
      expect(Object.keys(Object(parseJson(text)))).toEqual(Object.keys(Object(JSON.parse(text))));
      if (!text.includes('993')) expect(parseJson(text)).toEqual(JSON.parse(text));
    }
    expect(Object.getPrototypeOf(parseJson('{"__proto__":9007199254740993}'))).toBe(Object.prototype);
    for (const text of [
      '',
      '[\f]',
      '01',
      '1.',
      '.5',
      '+1',
      'NaN',
      '[1,]',
      '9007199254740993,',
      '-',
      '1e',
      "{'a':1}",
      '[9007199254740993',
    ]) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });

  it('write what JSON.stringify writes, and refuse cycles', () => {
    const value = { a: [1, undefined, Number.NaN, null], b: undefined, at: new Date(0), c: () => 1 };
    expect(stringifyJson(value)).toBe(JSON.stringify(value));
    expect(stringifyJson({ id: 2n ** 64n, d: [new ExactNumber('1e400')] }, 2)).toBe(
      '{\n  "id": 18446744073709551616,\n  "d": [\n    1e400\n  ]\n}',
    );
    const circle: Record<string, unknown> = { n: 1n };
    circle.own = circle;
    expect(() => stringifyJson(circle)).toThrow(TypeError);
    expect(() => JSON.stringify(new ExactNumber('1e400'))).toThrow('stringifyJson');
  });
});

it('reads cells with digits as numbers', () => {
  expect(['007', ' 1.50 ', '.5', '5.', '+3', '-.25', '1e3'].map(numberOf)).toEqual([7, 1.5, 0.5, 5, 3, -0.25, 1000]);
  expect(numberOf('009007199254740993')).toBe(9007199254740993n);
  expect(numberOf('.1000000000000000055')).toEqual(new ExactNumber('0.1000000000000000055'));
});

it('reads the long form of a double as that double', () => {
  expect(doubleOf(new ExactNumber('0.10000000000000001'))).toBe(0.1);
  expect(doubleOf(new ExactNumber('-0'))).toBe(-0);
  for (const text of ['0.1000000000000000055', '1e400', '0.123456789012345678']) {
    expect(doubleOf(new ExactNumber(text))).toBeUndefined();
  }
});
