import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import { pending } from './server';

// happy-dom has no layout: every element gets the size of a screen, so that virtual lists draw their rows.
const SIZE = { offsetWidth: 1200, offsetHeight: 700, clientWidth: 1200, clientHeight: 700 };
for (const [name, value] of Object.entries(SIZE)) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}
// It has the name of Web Locks, but not the thing: without the name, a tab reads the event stream itself.
Reflect.deleteProperty(Object.getPrototypeOf(navigator), 'locks');
HTMLElement.prototype.scrollTo = () => undefined;
HTMLElement.prototype.scrollIntoView = () => undefined;

afterEach(() => {
  cleanup();
  // Timers of a story that is gone may still ask: nothing leaves this process.
  vi.stubGlobal('fetch', pending);
});
