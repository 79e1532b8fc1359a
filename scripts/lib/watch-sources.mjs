import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './place.mjs';

const FOLDERS = ['workers', 'lib'];

/**
 * Calls `onChange` 300 ms after the last of several changes to the workers' sources.
 * @param {() => void} onChange
 * @returns a function that ends it
 */
export function watchSources(onChange) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const watchers = FOLDERS.map((folder) => join(ROOT, folder))
    .filter(existsSync)
    .map((folder) =>
      watch(folder, { recursive: true }, (_event, name) => {
        if (!name?.endsWith('.ts') || name.endsWith('.test.ts')) return;
        clearTimeout(timer);
        timer = setTimeout(onChange, 300);
      }),
    );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
