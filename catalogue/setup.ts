import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeAll, vi } from 'vitest';
import { loadDemanded } from '@/components/ui/on-demand';
import { pending } from './server';

// On a busy machine a story may draw much later than it would on an idle one.
configure({ asyncUtilTimeout: 240_000 });

// happy-dom has no layout: every element gets the size of a screen, so that virtual lists draw their rows.
const SIZE = { offsetWidth: 1200, offsetHeight: 700, clientWidth: 1200, clientHeight: 700 };
for (const [name, value] of Object.entries(SIZE)) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}
// happy-dom defines `navigator.locks` but does not implement it. Without it, each tab reads the event stream itself.
Reflect.deleteProperty(Object.getPrototypeOf(navigator), 'locks');
HTMLElement.prototype.scrollTo = () => undefined;
HTMLElement.prototype.scrollIntoView = () => undefined;

// happy-dom has no style sheet of its own, and the product's is compiled only for the browser. axe asks what is visible.
const style = document.createElement('style');
style.textContent = '[hidden] { display: none } .sr-only { position: absolute; clip: rect(0, 0, 0, 0) }';
document.head.append(style);

// As on a page that was idle: what is loaded on demand shows at once.
beforeAll(loadDemanded);

afterEach(async () => {
  cleanup();
  // Timers of an unmounted story may still send requests. Requests must not leave this process.
  vi.stubGlobal('fetch', pending);
  // A module that is still loading when the file has ended would be an error of the run.
  await vi.dynamicImportSettled();
});
