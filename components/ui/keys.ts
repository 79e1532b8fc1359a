/**
 * Every key of the dashboard: what the list of keys shows, and what the handlers ask `isKey` for. `Mod` is ⌘ on a Mac and
 * Ctrl elsewhere.
 */
export const KEYS = {
  palette: { label: 'Search and act', where: 'Everywhere', keys: ['Mod+K'] },
  search: { label: 'Search the list, or everything', where: 'Everywhere', keys: ['/'] },
  help: { label: 'Show all keys', where: 'Everywhere', keys: ['?'] },
  nextRow: { label: 'Next row', where: 'Lists', keys: ['J', 'ArrowDown'] },
  previousRow: { label: 'Previous row', where: 'Lists', keys: ['K', 'ArrowUp'] },
  firstRow: { label: 'First row', where: 'Lists', keys: ['Home'] },
  lastRow: { label: 'Last loaded row', where: 'Lists', keys: ['End'] },
  openRow: { label: 'Open the row', where: 'Lists', keys: ['Enter'] },
  selectRow: { label: 'Select the row', where: 'Lists with checkboxes', keys: ['X', 'Space'] },
  selectRange: {
    label: 'Select from the last one to this one',
    where: 'Lists with checkboxes',
    keys: ['Shift+X', 'Shift+Space'],
  },
  selectNext: {
    label: 'Select the next row too',
    where: 'Lists with checkboxes',
    keys: ['Shift+J', 'Shift+ArrowDown'],
  },
  selectPrevious: {
    label: 'Select the previous row too',
    where: 'Lists with checkboxes',
    keys: ['Shift+K', 'Shift+ArrowUp'],
  },
  clearSelection: { label: 'Clear the selection', where: 'Lists with checkboxes', keys: ['Escape'] },
  nextJob: { label: 'Next item', where: 'An open job', keys: ['J', 'ArrowRight', 'Alt+ArrowDown'] },
  previousJob: { label: 'Previous item', where: 'An open job', keys: ['K', 'ArrowLeft', 'Alt+ArrowUp'] },
  close: { label: 'Close', where: 'An open job', keys: ['Escape'] },
} as const satisfies Record<string, { label: string; where: string; keys: readonly string[] }>;
export type KeyName = keyof typeof KEYS;

type Pressed = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** Whether a pressed key is one of those that the registry has for a name. */
export function isKey(event: Pressed, of: KeyName): boolean {
  return KEYS[of].keys.some((text) => {
    const parts = text.split('+');
    const name = parts.at(-1) ?? '';
    const key = name === 'Space' ? ' ' : name;
    // A sign such as ? needs the shift key on most keyboards.
    const isSign = key.length === 1 && !/[A-Z ]/.test(key);
    return (
      event.key.toLowerCase() === key.toLowerCase() &&
      (event.metaKey || event.ctrlKey) === parts.includes('Mod') &&
      event.altKey === parts.includes('Alt') &&
      (isSign || event.shiftKey === parts.includes('Shift'))
    );
  });
}

/** Whether keys go into a text or a choice, so that letters are no commands. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="menu"]') !== null;

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };
const APPLE_SIGNS: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };

/** Returns a key as it is printed: `⌘K`, `Ctrl K`, `Alt ↓`. */
export function printedKey(text: string, isApple: boolean): string {
  const signs = text
    .split('+')
    .map((part) =>
      part === 'Mod' && !isApple ? 'Ctrl' : ((isApple ? APPLE_SIGNS[part] : undefined) ?? SIGNS[part] ?? part),
    );
  return signs.join(isApple ? '' : ' ');
}
