import { isFields } from '@/lib/contracts/json';
import type { Random } from './random';

/** A part of an OpenAPI document. */
export type Schema = Record<string, unknown>;

const ESCAPE = '\u001b[31m';
/** Texts that have broken programs: controls, bidi, halves of characters, other languages' code, prototypes. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  `${ESCAPE}red`,
  '\u202Egnp.exe',
  '\ud800',
  '\r\nSet-Cookie: a=b',
  `'; drop table job; --`,
  '<script>alert(1)</script>',
  '{{secret:NONE}}',
  '$' + '{{ input.x }}',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  '=1+1',
  'x'.repeat(300),
  '€'.repeat(5000),
  '9'.repeat(400),
  'NaN',
  'null',
];

const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 53) - 1,
  1e308,
  [],
  {},
  [[]],
  [null],
  JSON.parse('{"__proto__":{"polluted":true}}'),
];

/** Words for texts with a pattern: those that fit are tried. */
const WORDS = ['CRM', 'diagnostic', 'https://example.org', 'data.name', '2026-01-01', 'a', '1', 'A-1', 'x@example.org'];

/** Makes values that fit a JSON schema, or that are wrong in one place. */
export class Values {
  private depth = 0;

  constructor(
    private readonly random: Random,
    private readonly components: Record<string, Schema>,
    /** share of the places that get something hostile */
    public wrongness = 0,
    /** an id, for texts whose field is named like one */
    private readonly id: (field: string) => string = () => 'unknown',
  ) {}

  /** @param field name of the field, from which ids are recognized */
  of(schema: Schema | undefined, field = ''): unknown {
    const { random } = this;
    if (random.chance(this.wrongness)) return random.pick(HOSTILE_VALUES);
    if (!schema || this.depth > 6) return this.any();
    this.depth += 1;
    try {
      return this.fitting(schema, field);
    } finally {
      this.depth -= 1;
    }
  }

  private fitting(schema: Schema, field: string): unknown {
    const { random } = this;
    if (typeof schema.$ref === 'string') return this.of(this.components[schema.$ref.split('/').at(-1) ?? ''], field);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return random.pick(schema.enum);
    for (const choices of [schema.anyOf, schema.oneOf])
      if (Array.isArray(choices)) return this.of(random.pick(choices), field);
    if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((each) => this.of(each, field)));
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
    switch (type) {
      case 'string':
        return this.text(schema, field);
      case 'integer':
      case 'number':
        return this.number(schema, type === 'integer');
      case 'boolean':
        return random.chance(0.5);
      case 'null':
        return null;
      case 'array': {
        const least = Number(schema.minItems ?? 0);
        const length = random.whole(least, Math.min(Number(schema.maxItems ?? 4), least + 3));
        return Array.from({ length }, () => this.of(schema.items as Schema, field));
      }
      case 'object':
        return this.fields(schema);
      default:
        return this.any();
    }
  }

  private text({ format, pattern, minLength = 0, maxLength = 40 }: Schema, field: string): string {
    const { random } = this;
    if (/(^|[a-z])ids?$/i.test(field) && !/^(correlation|request|file)/.test(field)) return this.id(field);
    if (format === 'uuid') return this.id(field);
    if (format === 'date-time') return random.pick(['2026-01-01T00:00:00Z', '2030-06-01T12:30:00.5+02:00']);
    if (format === 'uri') return 'https://example.org/a';
    if (format === 'email') return `p${random.whole(1, 999)}@example.org`;
    if (typeof pattern === 'string') {
      const fits = WORDS.filter((word) => new RegExp(pattern, 'u').test(word));
      return fits.length > 0 ? random.pick(fits) : random.pick(WORDS);
    }
    const length = random.whole(
      Math.max(Number(minLength), 1),
      Math.max(Number(minLength), Math.min(Number(maxLength), 40)),
    );
    return Array.from({ length }, () => random.pick([...'abcdefghij KLMN-_.é概0123'])).join('') || 'a';
  }

  private number(schema: Schema, whole: boolean): number {
    const least = Number(schema.minimum ?? schema.exclusiveMinimum ?? 0);
    const most = Math.min(Number(schema.maximum ?? schema.exclusiveMaximum ?? least + 100), least + 1000);
    const value = this.random.pick([least, most, this.random.whole(Math.ceil(least), Math.floor(most))]);
    return whole ? Math.round(value) : value;
  }

  private fields({ properties, required, additionalProperties }: Schema): Record<string, unknown> {
    const { random } = this;
    const needed = Array.isArray(required) ? required : [];
    const made: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries((properties ?? {}) as Record<string, Schema>)) {
      if (random.chance(needed.includes(name) ? 1 - this.wrongness : 0.3)) made[name] = this.of(schema, name);
    }
    if (isFields(additionalProperties) && random.chance(0.5)) made.some = this.of(additionalProperties, 'some');
    if (random.chance(this.wrongness)) made[random.pick(['unknown', '', '__proto__x', 'constructor'])] = this.any();
    return made;
  }

  private any(): unknown {
    return this.random.pick([null, 1, 'text', true, {}, [], { a: [1, 'b', { c: null }] }, 'é', 1.25]);
  }
}
