import { expect, it } from 'vitest';
import { longestHold } from '@/lib/testing/loop-hold';
import { makePdf } from './fixtures/make-pdf';
import { extractIsolated } from './isolate';

const never = new AbortController().signal;
/** Text for which the Markdown parser needs quadratic time. */
const hostile = () => new Uint8Array(Buffer.from('_a'.repeat(500_000)));

it('reads one document after another in a thread, and passes on its errors', async () => {
  for (const n of [1, 2, 3]) {
    const { blocks } = await extractIsolated(makePdf([[`Page ${n}`]]), 'a.pdf', never);
    expect(blocks).toEqual([{ text: `Page ${n}` }]);
  }
  const locked = extractIsolated(makePdf([['x']], { encrypted: true }), 'a.pdf', never);
  await expect(locked).rejects.toMatchObject({ name: 'PermanentError', code: 'encrypted-document' });
});

it('keeps the event loop free, and ends what exceeds the time limit', async () => {
  const bytes = hostile();
  const limitMs = 1000;
  const held = await longestHold(async () => {
    const reading = extractIsolated(bytes, 'a.md', never, {}, limitMs);
    await expect(reading).rejects.toMatchObject({ name: 'PermanentError', code: 'document-too-complex' });
  });
  expect(held).toBeLessThan(limitMs / 2);
});

it('ends at once when it is aborted', async () => {
  const reading = extractIsolated(hostile(), 'a.md', AbortSignal.timeout(500));
  await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(extractIsolated(hostile(), 'a.md', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  expect(await extractIsolated(makePdf([['Still works']]), 'a.pdf', never)).toMatchObject({ format: 'pdf' });
});
