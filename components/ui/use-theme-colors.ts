'use client';

import { useEffect, useState } from 'react';

/**
 * Returns the theme's colors by token name without the leading dashes, for a canvas. Updates when the theme changes.
 */
export function useThemeColors<N extends string>(names: readonly N[]): Record<N, string> | null {
  const [colors, setColors] = useState<Record<N, string> | null>(null);
  useEffect(() => {
    const root = document.documentElement;
    const renew = (): void => {
      const style = getComputedStyle(root);
      const read = names.map((name): [N, string] => [name, style.getPropertyValue(`--${name}`).trim()]);
      setColors(Object.fromEntries(read) as Record<N, string>);
    };
    renew();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', renew);
    const observer = new MutationObserver(renew);
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
    return () => {
      dark.removeEventListener('change', renew);
      observer.disconnect();
    };
  }, [names]);
  return colors;
}
