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
  selectRow: { label: 'Select the row, where rows can be selected', where: 'Lists', keys: ['X', 'Space'] },
  openRow: { label: 'Open the row', where: 'Lists', keys: ['Enter'] },
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
    const isLetter = /^[A-Z]$/.test(key);
    return (
      event.key.toLowerCase() === key.toLowerCase() &&
      (event.metaKey || event.ctrlKey) === parts.includes('Mod') &&
      event.altKey === parts.includes('Alt') &&
      // A sign such as ? needs the shift key on most keyboards.
      !(event.shiftKey && (isLetter || key.startsWith('Arrow')))
    );
  });
}

/** Whether keys go into a text or a choice, so that letters are no commands. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="menu"]') !== null;

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };

/** Returns a key as it is printed: `⌘K`, `Ctrl K`, `Alt ↓`. */
export function printedKey(text: string, isApple: boolean): string {
  const signs = text
    .split('+')
    .map((part) =>
      part === 'Mod' ? (isApple ? '⌘' : 'Ctrl') : part === 'Alt' && isApple ? '⌥' : (SIGNS[part] ?? part),
    );
  return signs.join(isApple ? '' : ' ');
}
