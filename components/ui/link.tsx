'use client';

import NextLink from 'next/link';
import { type ComponentProps, useState } from 'react';

type LinkProps = Omit<ComponentProps<typeof NextLink>, 'prefetch'>;

/**
 * A link to a page of the dashboard. The page is loaded ahead when the pointer or the focus reaches the link, and not
 * when the link comes into view: a list of a hundred rows would ask for a hundred pages.
 */
export function Link({ onPointerEnter, onFocus, ...rest }: LinkProps) {
  const [reached, setReached] = useState(false);
  return (
    <NextLink
      {...rest}
      prefetch={reached}
      onPointerEnter={(event) => {
        setReached(true);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setReached(true);
        onFocus?.(event);
      }}
    />
  );
}
