import { EventLoop } from '@/lib/config/event-loop';
import { isExact, isObject } from '@/lib/contracts/json';
import type { RedactionDto } from '@/lib/contracts/redaction';
import {
  parseRedactionPath,
  REDACTED,
  type RedactionPattern,
  type RedactionRoot,
} from '@/lib/contracts/redaction-paths';
import { redactText } from './patterns';

/** The rules below a place of a value. */
interface Place {
  hidden: boolean;
  /** by field name or position in a list; `*` is under `each` */
  steps: Map<string, Place>;
  each?: Place;
}

/** Members that are read without a pause. */
const MEMBERS = 500;

/** Applies the rules of an organization to values and texts. */
export class Redactor {
  readonly patterns: readonly RedactionPattern[];
  readonly #roots = new Map<string, Place>();
  #sincePause = 0;

  constructor({ paths, patterns }: RedactionDto) {
    this.patterns = patterns;
    for (const path of paths) this.#add(path);
  }

  /** Whether a path leads into this part of a job. */
  hasPaths(root: RedactionRoot): boolean {
    return this.#roots.has(root);
  }

  #add(path: string): void {
    let places = this.#roots;
    let place: Place | undefined;
    for (const { step, all } of parseRedactionPath(path) ?? []) {
      const known = all ? place?.each : places.get(String(step));
      const next: Place = known ?? { hidden: false, steps: new Map() };
      if (!all) places.set(String(step), next);
      else if (place) place.each = next;
      place = next;
      places = next.steps;
    }
    if (place) place.hidden = true;
  }

  /** Hides what the rules name in a small value. */
  value(value: unknown, root: RedactionRoot): unknown {
    return drain(this.#walk(value, this.#at(root)));
  }

  /** Does the same for a value of any size, with pauses for the event loop. */
  async whole(value: unknown, root: RedactionRoot): Promise<unknown> {
    const loop = new EventLoop();
    const walk = this.#walk(value, this.#at(root));
    for (let step = walk.next(); ; step = walk.next()) {
      if (step.done) return step.value;
      if (loop.due) await loop.yield();
    }
  }

  /** Whether a rule hides an input's field or a part of it. @param field `customer.email` */
  hidesField(field: string): boolean {
    let places = this.#at('data');
    for (const step of field.split(/[.[\]]+/).filter(Boolean)) {
      if (places.some(({ hidden }) => hidden)) return true;
      places = stepInto(places, step);
    }
    return places.length > 0;
  }

  /** Hides what the patterns find in a value of no known place. */
  anyValue(value: unknown): unknown {
    return drain(this.#walk(value, []));
  }

  /** Hides what the patterns find in a short text. */
  text(text: string): string {
    return drain(redactText(text, this.patterns));
  }

  #at(root: RedactionRoot): Place[] {
    const place = this.#roots.get(root);
    return place ? [place] : [];
  }

  *#walk(value: unknown, places: Place[]): Generator<void, unknown> {
    if (places.some(({ hidden }) => hidden)) return value === null || value === undefined ? value : REDACTED;
    this.#sincePause += 1;
    if (this.#sincePause % MEMBERS === 0) yield;
    if (typeof value === 'string') return yield* redactText(value, this.patterns);
    if (typeof value === 'number' || isExact(value)) {
      const text = String(value);
      return (yield* redactText(text, this.patterns)) === text ? value : REDACTED;
    }
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      // A path may name the items' fields without naming the list's places, so these rules hold for each item too.
      for (const [i, item] of value.entries()) {
        items.push(yield* this.#walk(item, [...places, ...stepInto(places, String(i))]));
      }
      return items;
    }
    if (!isObject(value)) return value;
    const fields: [string, unknown][] = [];
    const names = new Set<string>();
    for (const [key, inner] of Object.entries(value)) {
      const name = free(yield* redactText(key, this.patterns), names);
      names.add(name);
      fields.push([name, yield* this.#walk(inner, stepInto(places, key))]);
    }
    return Object.fromEntries(fields);
  }
}

const stepInto = (places: Place[], step: string): Place[] =>
  places.flatMap((place) => [place.steps.get(step) ?? [], place.each ?? []].flat());

/** Returns a name that is not taken: two hidden names would be the same. */
function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name} ${n}`)) n += 1;
  return `${name} ${n}`;
}

function drain<T>(work: Generator<void, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}
