import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { extract } from '@/workers/processors/document-processing/extract';
import { extractIsolated } from '@/workers/processors/document-processing/isolate';
import { chunk } from '@/workers/processors/document-processing/chunk';
for (const f of process.argv.slice(2)) {
  const t = performance.now();
  try {
    const bytes = await readFile(f);
    const d = await extractIsolated(new Uint8Array(bytes), basename(f), AbortSignal.timeout(60000));
    const c = await chunk(d.blocks, AbortSignal.timeout(60000));
    console.log('==', basename(f), d.format, JSON.stringify(d.title), d.blocks.length, 'blocks', c.length, 'chunks', Math.round(performance.now() - t), 'ms', Math.max(...c.map((x) => x.length)));
    if (process.env.SHOW) console.log(c.slice(0, 4).join('\n-----\n'));
  } catch (e) { console.log('==', basename(f), (e as any).code, (e as Error).message); }
}
