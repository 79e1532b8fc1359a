import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Formats for which zod also writes a pattern of hundreds of characters. The format alone is enough. */
const KNOWN_FORMATS = new Set(['date-time', 'uuid']);

/** Creates the JSON Schemas of a document. Schemas with an id become components. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly responses: Record<string, JsonSchema> = {};

  /** Returns the schema of a body or of query parameters, as the client sends them. */
  input(schema: z.ZodType): JsonSchema {
    return this.#add(schema, 'input');
  }

  /** Returns the schema of a response. It allows unknown fields, because fields may be added later. */
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

/** Removes noise for the reader: bounds of safe integers, long patterns, `additionalProperties: false`. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (KNOWN_FORMATS.has(String(jsonSchema.format))) delete jsonSchema.pattern;
  const { def } = zodSchema._zod;
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
}
