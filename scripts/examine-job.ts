import { pathToFileURL } from 'node:url';
import type { Examined } from '@/lib/own-jobs/examine';
import { announcementOf, DefinitionError, readDefinition } from '@/lib/own-jobs/read-definition';

// Loads one job file, which may do anything at all, and tells the parent process what it defines.
const [type = '', module = ''] = process.argv.slice(2);

async function examine(): Promise<Examined> {
  try {
    const loaded = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
    return { definition: announcementOf(readDefinition(type, loaded)) };
  } catch (error) {
    if (error instanceof DefinitionError) return { problem: { message: error.message } };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { problem: { message: `Loading the file failed: ${message}`, ...(stack === undefined ? {} : { stack }) } };
  }
}

process.send?.(await examine());
