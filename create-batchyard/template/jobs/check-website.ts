import { defineJob, PermanentError, RetryLaterError } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  title: 'Check a website',
  description: 'Fetches a page and returns its status and title.',
  icon: 'globe',
  input: z.object({ url: z.url({ protocol: /^https?$/ }).describe('the page') }),
  output: z.object({ status: z.int(), title: z.string().nullable(), ms: z.int() }),
  defaults: { maxAttempts: 4, timeoutMs: 30_000 },
  // One process waits for many pages at once.
  consumerConcurrency: 50,
  async run({ data, signal }) {
    const began = performance.now();
    // The signal ends the call when the job is cancelled or out of time.
    const response = await fetch(data.url, { signal });
    const text = await response.text();
    if (response.status === 429) {
      const seconds = Number(response.headers.get('retry-after')) || 60;
      throw new RetryLaterError('The site asks for a pause.', 1000 * seconds, 'busy');
    }
    // A plain error gets another attempt, later each time.
    if (response.status >= 500) throw new Error(`The site answered ${response.status}.`);
    if (response.status >= 400)
      throw new PermanentError(`The site answered ${response.status}.`, `http-${response.status}`);
    const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim() ?? null;
    return { status: response.status, title, ms: Math.round(performance.now() - began) };
  },
});
