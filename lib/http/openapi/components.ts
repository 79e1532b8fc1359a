import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Formats whose patterns zod writes out in hundreds of characters; the format says the same. */
const KNOWN_FORMATS = new Set(['date-time', 'uuid']);

/** The JSON Schemas of a document, and those that have an id among them as its components. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  /** The schema of a body or of query parameters, as the sender writes them. */
  input(schema: z.ZodType): JsonSchema {
    return this.#add(schema, 'input');
  }

  /** The schema of an answer. It may get further fields later, so it does not forbid them. */
  output(schema: z.ZodType): JsonSchema {
    return this.#add(schema, 'output');
  }

  #add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: tidy });
    const {
      $schema: _,
      $defs,
      ...own
    } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    for (const [id, component] of Object.entries($defs ?? {})) {
      const known = this.schemas[id];
      if (known && !isDeepStrictEqual(known, component)) throw new Error(`Two different schemas have the id ${id}.`);
      this.schemas[id] = component;
    }
    return own;
  }
}

/** Leaves out what says nothing to a reader: bounds of safe integers, long patterns, a ban on further fields. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (KNOWN_FORMATS.has(String(jsonSchema.format))) delete jsonSchema.pattern;
  const { def } = zodSchema._zod;
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
}
