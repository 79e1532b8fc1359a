import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser';

const whole = (text: string) => new SseParser().feed(text);
/** The same text, one character at a time. */
const pieces = (text: string) => {
  const parser = new SseParser();
  return [...text].flatMap((character) => parser.feed(character));
};

describe('SseParser', () => {
  const stream = ': heartbeat\n\nid: 7\nevent: done\ndata: {"a":1}\n\ndata: plain\n\n';
  const expected = [
    { id: '7', event: 'done', data: '{"a":1}' },
    { id: '7', event: 'message', data: 'plain' },
  ];

  it('gives messages, skips heartbeats, remembers the id', () => {
    expect(whole(stream)).toEqual(expected);
  });

  it.each(['\n', '\r\n', '\r'])('understands line ends %j however the stream is cut', (end) => {
    const text = stream.replaceAll('\n', end);
    expect(pieces(text)).toEqual(expected);
  });

  it('joins data lines, takes one leading space off', () => {
    expect(whole('data: a\ndata:  b\ndata\n\n')).toEqual([{ id: '', event: 'message', data: 'a\n b\n' }]);
  });

  it('waits for the empty line', () => {
    const parser = new SseParser();
    expect(parser.feed('event: x\ndata: 1\n')).toEqual([]);
    expect(parser.feed('\n')).toEqual([{ id: '', event: 'x', data: '1' }]);
  });

  it('gives nothing for an event without data, and forgets its name', () => {
    expect(whole('event: x\n\ndata: 1\n\n')).toEqual([{ id: '', event: 'message', data: '1' }]);
  });

  it('ignores a byte order mark, unknown fields and ids with NUL', () => {
    expect(whole('\uFEFFid: 1\nid: 2\0\nretry: 5\nnonsense: x\ndata: 1\n\n')).toEqual([
      { id: '1', event: 'message', data: '1' },
    ]);
  });
});
