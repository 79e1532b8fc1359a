import { createInterface } from 'node:readline';
import { defineJob, PermanentError } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  title: 'Read a document',
  description: 'Counts the lines of a text file and stores the list of its headings.',
  icon: 'file-text',
  // With a field of this name, files that are uploaded at the launch become jobs.
  input: z.object({ fileId: z.string().describe('an uploaded text or Markdown file') }),
  output: z.object({ lines: z.int(), headings: z.int() }),
  async run({ data, openFile, saveArtifact, signal, updateProgress }) {
    const { file, stream } = await openFile(data.fileId);
    const headings: string[] = [];
    let lines = 0;
    let read = 0;
    for await (const line of createInterface({ input: stream })) {
      signal.throwIfAborted();
      if (line.includes('\0')) throw new PermanentError(`${file.name} is not a text file.`, 'not-text');
      if (/^#+ /.test(line)) headings.push(line);
      lines += 1;
      read += Buffer.byteLength(line) + 1;
      if (lines % 1000 === 0) updateProgress(Math.min(read, file.size), file.size, `${lines} lines`);
    }
    // The file is on the page of the job, to look at or to download.
    await saveArtifact('headings.md', 'text/markdown', headings.join('\n'));
    return { lines, headings: headings.length };
  },
});
