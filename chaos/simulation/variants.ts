import pg from 'pg';

/** A mutation of the product's SQL, which the simulation must detect. */
export interface Variant {
  name: string;
  /** the name or the start of the mutated statement */
  find: string;
  becomes: string;
  /** a higher probability, for mutations that only a frozen consumer reveals */
  freezes?: number;
}

export const VARIANTS: Variant[] = [
  {
    name: 'a record does not look at the attempt',
    find: "where j.id = i.id and j.status = 'active' and j.attempt = i.attempt",
    becomes: "where j.id = i.id and j.status = 'active'",
    freezes: 0.3,
  },
  {
    name: 'a record does not look at the status',
    find: "where j.id = i.id and j.status = 'active' and j.attempt = i.attempt",
    becomes: 'where j.id = i.id and j.attempt = i.attempt',
  },
  {
    name: 'counters follow what was said, not what changed',
    find: 'select batch_id, status, warned, cost_tokens, cost_usd from changed where batch_id is not null',
    becomes:
      "select batch_id, case when kind in ('retry', 'defer') then 'pending' else kind end, false from input where batch_id is not null",
  },
  {
    name: 'a claim takes rows that have ended',
    find: "and (j.status in ('pending', 'delayed') or",
    becomes: "and (j.status in ('pending', 'delayed', 'completed', 'failed', 'cancelled') or",
  },
  {
    name: 'a batch ends one child too early',
    find: '>= b.total)',
    becomes: '>= b.total - 1)',
  },
  {
    name: 'a retry forgets that the fence must stay',
    find: "update job j set status = 'pending', seq = d.last_seq + chosen.place, attempts_made = 0",
    becomes: "update job j set status = 'pending', seq = d.last_seq + chosen.place, attempts_made = 0, attempt = 0",
  },
  {
    name: 'a retry takes nothing off the counters',
    find: 'update batch b set failed = b.failed - tally.failed, cancelled = b.cancelled - tally.cancelled',
    becomes: 'update batch b set failed = b.failed, cancelled = b.cancelled - tally.cancelled',
  },
  {
    name: 'the sweep finds nothing',
    find: 'and (b.rate_at is null or b.rate_at < now() - make_interval(',
    becomes: 'and false and (b.rate_at is null or b.rate_at < now() - make_interval(',
  },
  {
    name: 'a claim does not look at whether its batch is held back',
    find: 'and not exists (select from batch b where b.id = j.batch_id and (b.paused or b.slot_freed or b.checks_order)',
    becomes:
      'and not exists (select from batch b where false and b.id = j.batch_id and (b.paused or b.slot_freed or b.checks_order)',
  },
  {
    name: 'nobody wakes a batch whose children are due',
    find: 'or (b.wakes_at is null and exists',
    becomes: 'and false or (false and exists',
  },
  {
    name: 'a cancel leaves what was enqueued',
    find: "select id from job where batch_id = $1 and outcome is null and status in ('pending', 'delayed')",
    becomes: "select id from job where batch_id = $1 and outcome is null and status = 'delayed'",
  },
  {
    name: 'a consumer takes the next row although the batch is paused',
    find: "b.status = 'in-progress' and not b.paused and not b.slot_freed and b.cancel_mode is null\n      and (b.not_before",
    becomes: "b.status = 'in-progress' and b.cancel_mode is null\n      and (b.not_before",
  },
  {
    name: 'a consumer takes more rows than the concurrency allows',
    find: 'then p.concurrency - p.running end',
    becomes: 'then p.concurrency - p.running + 1 end',
  },
  {
    name: 'rows that a consumer takes do not count against the rate',
    find: 'coalesce(m.due, 0) + m.taken * 60 / m.rate',
    becomes: 'coalesce(m.due, 0)',
  },
  {
    name: 'taken rows stay beyond the position of their batch',
    find: 'update batch_dispatch d set cursor = m.place, reach',
    becomes: 'update batch_dispatch d set cursor = d.cursor, reach',
  },
  {
    name: 'taken rows stay beyond the reach of the sweep',
    find: 'cursor = m.place, reach = greatest(d.reach, m.item_index)',
    becomes: 'cursor = m.place, reach = d.reach',
  },
  {
    name: 'taken rows that were cancelled stay in the position of their batch',
    find: 'greatest(0, d.holes - (m.place - d.cursor - m.rows))',
    becomes: 'd.holes + 1',
  },
  {
    name: 'a prefetched row that starts counts as prefetched still',
    find: 'prefetch_ended = b.prefetch_ended + tally.started',
    becomes: 'prefetch_ended = b.prefetch_ended',
  },
  {
    name: 'prefetched rows are returned and still count as prefetched',
    find: 'update batch b set prefetch_ended = b.prefetch_ended + tally.rows',
    becomes: 'update batch b set prefetch_ended = b.prefetch_ended',
  },
  {
    name: 'a cancel closes prefetched rows',
    find: 'and consumer_id is null',
    becomes: '',
  },
  {
    name: 'rows of a dead consumer that it prefetched are forgotten',
    find: "where j.status in ('active', 'pending') and j.consumer_id = $",
    becomes: "where j.status = 'active' and j.consumer_id = $",
  },
];

/**
 * Mutates the product's statements until the returned function is called. That function returns how many were mutated.
 * A statement is prepared under its name once for each connection, so a mutated one has a name of its own.
 */
export function breakStatements(variant: Variant): () => number {
  const { find, becomes } = variant;
  const number = VARIANTS.indexOf(variant);
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  let broken = 0;
  const worse = (text: string): string => {
    if (text.includes(find)) broken += 1;
    return text.replaceAll(find, becomes);
  };
  const patched = function (this: pg.Client, ...args: unknown[]): unknown {
    const [first, ...rest] = args;
    if (typeof first === 'string') return original.call(this, worse(first), ...rest);
    const config = first as { text?: unknown; name?: string };
    if (typeof config?.text !== 'string' || 'submit' in config) return original.call(this, ...args);
    const text = worse(config.text);
    const name = config.name !== undefined && text !== config.text ? `${config.name} ${number}` : config.name;
    return original.call(this, { ...config, text, name }, ...rest);
  };
  pg.Client.prototype.query = patched as typeof pg.Client.prototype.query;
  return () => {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
    return broken;
  };
}
