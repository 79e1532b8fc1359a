/** Titles of internal job types. The API does not list these types, so the dashboard reads their titles here. */
export const INTERNAL_TITLES = { import: 'Table import', export: 'Data export', callback: 'Callback' } as const;
