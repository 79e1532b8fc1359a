import { defineJob, PermanentError } from 'batchyard';
import { z } from 'zod';

// The name of the file is the name of the job type: word-count.
export default defineJob({
  title: 'Count words',
  icon: 'hash',
  input: z.object({ text: z.string().max(100_000).describe('what to count') }),
  output: z.object({ words: z.int() }),
  defaults: { maxAttempts: 3 },
  async run({ data, log }) {
    // Another attempt would not help, so the job fails at once.
    if (data.text.trim() === '') throw new PermanentError('The text is empty.', 'empty-text');
    const words = data.text.trim().split(/\s+/).length;
    log('info', `${words} words`);
    return { words };
  },
});
