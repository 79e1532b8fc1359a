/** A text that a person typed, as an ILIKE pattern that finds it anywhere. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
