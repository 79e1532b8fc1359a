/** SQL text with its parameter values: a statement, which `query` accepts, or a fragment of one. */
export class Sql {
  /** the text between the parameters */
  readonly parts: readonly string[];
  readonly values: unknown[];
  readonly name: string | undefined;

  constructor(parts: readonly string[], values: readonly unknown[], name?: string) {
    const [texts, flat] = flatten(parts, values);
    this.parts = texts;
    this.values = flat;
    this.name = name;
  }

  /** The text with numbered parameters. */
  get text(): string {
    return this.parts.reduce((text, part, i) => `${text}$${i}${part}`);
  }

  /** Returns it as a prepared statement: each connection parses it once. Its text must always be the same. */
  named(name: string): Sql {
    return new Sql(this.parts, this.values, name);
  }
}

/** Inserts the parts of nested fragments into the surrounding text. */
function flatten(parts: readonly string[], values: readonly unknown[]): [texts: string[], flat: unknown[]] {
  const texts = [parts[0] ?? ''];
  const flat: unknown[] = [];
  const append = (text: string) => {
    texts[texts.length - 1] += text;
  };
  values.forEach((value, i) => {
    if (value instanceof Sql) {
      value.parts.forEach((part, j) => {
        if (j > 0) texts.push(part);
        else append(part);
      });
      flat.push(...value.values);
    } else {
      texts.push('');
      flat.push(value);
    }
    append(parts[i + 1] ?? '');
  });
  return [texts, flat];
}

/** Tags a template as SQL: a fragment in it becomes part of the text, any other value a parameter. */
export function sql(parts: TemplateStringsArray, ...values: unknown[]): Sql {
  return new Sql(parts, values);
}

/** Joins fragments. The list must not be empty. */
sql.join = (fragments: readonly Sql[], separator: ' and ' | ' or ' | ' union all '): Sql =>
  new Sql(['', ...fragments.slice(1).map(() => separator), ''], fragments);

/** Writes a constant into the text: Postgres accepts no parameter there, or should plan with the value. */
sql.literal = (value: number | string): Sql =>
  new Sql([typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`], []);
