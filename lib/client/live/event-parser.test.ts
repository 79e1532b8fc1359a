import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';

/** What the parser makes of a text that arrives in pieces. */
function parse(...pieces: string[]) {
  const messages: { event: string; data: string }[] = [];
  const parser = createParser({ onEvent: ({ event = 'message', data }) => messages.push({ event, data }) });
  for (const piece of pieces) parser.feed(piece);
  return messages;
}
const whole = (text: string) => parse(text);
/** The same text, one character at a time. */
const pieces = (text: string) => parse(...text);

describe('the parser of event streams', () => {
  const stream = ': heartbeat\n\nid: 7\nevent: done\ndata: {"a":1}\n\ndata: plain\n\n';
  const expected = [
    { event: 'done', data: '{"a":1}' },
    { event: 'message', data: 'plain' },
  ];

  it('returns messages and skips heartbeats', () => {
    expect(whole(stream)).toEqual(expected);
  });

  it.each(['\n', '\r\n', '\r'])('handles line ends %j however the stream is cut', (end) => {
    // A CR at the end may be half of a CR LF: only the next byte ends the line.
    const text = `${stream.replaceAll('\n', end)}:`;
    expect(pieces(text)).toEqual(expected);
  });

  it('joins data lines and removes one leading space', () => {
    expect(whole('data: a\ndata:  b\ndata\n\n')).toEqual([{ event: 'message', data: 'a\n b\n' }]);
  });

  it('waits for the empty line', () => {
    expect(parse('event: x\ndata: 1\n')).toEqual([]);
    expect(parse('event: x\ndata: 1\n', '\n')).toEqual([{ event: 'x', data: '1' }]);
  });

  it('returns no message for an event without data, and forgets its name', () => {
    expect(whole('event: x\n\ndata: 1\n\n')).toEqual([{ event: 'message', data: '1' }]);
  });

  it('ignores a byte order mark and unknown fields', () => {
    expect(whole('\uFEFFid: 1\nretry: 5\nnonsense: x\ndata: 1\n\n')).toEqual([{ event: 'message', data: '1' }]);
  });
});
