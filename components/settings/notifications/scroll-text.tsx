/** A text that scrolls within its box. */
export function ScrollText({ label, children }: { label: string; children: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-60 overflow-auto rounded-sm bg-sunken p-2"
    >
      <pre className="font-mono text-xs">{children}</pre>
    </section>
  );
}
