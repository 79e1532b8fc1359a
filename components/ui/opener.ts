/** Returns the element that opened a dialog: the focused element, or the trigger of the menu that contains it. */
export function openerOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest('[role="menu"]');
  const opener = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element;
  return opener instanceof HTMLElement ? opener : null;
}

/** Returns the focus to what opened a dialog, or to the page if the row of a deleted record is gone with its button. */
export function focusAgain(event: Event, opener: HTMLElement | null): void {
  if (event.defaultPrevented) return;
  event.preventDefault();
  (opener?.isConnected ? opener : document.getElementById('content'))?.focus();
}
