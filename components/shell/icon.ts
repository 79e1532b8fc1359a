/** Returns an icon as the address of an image. A page that contains its icon need not ask for it. */
export const asIcon = (shape: string, size = 16): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">${shape}</svg>`)}`;

/** The icon of the product. */
export const ICON = asIcon(
  '<rect x="1" y="1" width="18" height="18" rx="4" fill="#1c1a17"/><g fill="#fff"><rect x="4.5" y="4.5" width="3" height="3" rx=".6"/><rect x="8.5" y="4.5" width="3" height="3" rx=".6"/><rect x="12.5" y="4.5" width="3" height="3" rx=".6" opacity=".4"/><rect x="4.5" y="8.5" width="3" height="3" rx=".6"/><rect x="12.5" y="8.5" width="3" height="3" rx=".6" opacity=".4"/><rect x="4.5" y="12.5" width="3" height="3" rx=".6" opacity=".4"/><rect x="8.5" y="12.5" width="3" height="3" rx=".6" opacity=".4"/><rect x="12.5" y="12.5" width="3" height="3" rx=".6" opacity=".4"/></g><rect x="8.5" y="8.5" width="3" height="3" rx=".6" fill="#5aaeff"/>',
  20,
);
