import { expect, it } from 'vitest';
import { openSink } from './open-stream';

const message = 'x'.repeat(10_000);

it('accepts at most a queue for a client that does not read, and signals when there is room again', async () => {
  const { body, sink, opened } = openSink();
  let drained = 0;
  let gone = 0;
  opened({
    onDrained: () => {
      drained += 1;
    },
    onGone: () => {
      gone += 1;
    },
  });
  let taken = 0;
  while (sink.write(message)) taken += 1;
  expect(taken).toBeLessThan(30);
  expect(drained).toBe(0);
  sink.force('snapshot');

  const reader = body.getReader();
  let read = '';
  while (drained === 0) read += Buffer.from((await reader.read()).value ?? []).toString();
  expect(sink.write('more')).toBe(true);
  while (!read.endsWith('more')) read += Buffer.from((await reader.read()).value ?? []).toString();
  expect(read.length).toBe(taken * message.length + 'snapshotmore'.length);

  await reader.cancel();
  expect(gone).toBe(1);
  expect(sink.write('late')).toBe(false);
  sink.force('late');
  sink.close();
});

it('ends the body when it is closed', async () => {
  const { body, sink } = openSink();
  sink.force('a');
  sink.close();
  sink.close();
  expect(await new Response(body).text()).toBe('a');
});
