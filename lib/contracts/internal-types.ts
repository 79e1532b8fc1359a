/** Titles of job types that nobody launches. The list of job types leaves them out, so the dashboard has them here. */
export const INTERNAL_TITLES = { import: 'Table import', callback: 'Callback' } as const;
