import type { z } from 'zod';

/** Inputs of all types by name, for a type that speaks of others; the catalogue fills it. */
export const knownInputs = new Map<string, z.ZodType>();
