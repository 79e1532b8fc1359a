import type { z } from 'zod';

/**
 * Input schemas by type name, for a type that refers to others. The catalogue fills it and so avoids a circular import.
 */
export const knownInputs = new Map<string, z.ZodType>();
