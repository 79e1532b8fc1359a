import { closePool, pool } from '@/lib/db/pool';
import { closePrisma } from '@/lib/db/prisma';

/** The simulated time, in milliseconds since the simulation began. */
export class Clock {
  now = 0;

  /**
   * Puts the database on this clock: functions of the same names that stand before Postgres's own in the search
   * path, so that the very statements of the product read it.
   */
  async install(): Promise<void> {
    await pool().query(`
      create schema simulation;
      create table simulation.clock (at timestamptz not null);
      insert into simulation.clock values ('2030-01-01Z');
      create function simulation.now() returns timestamptz stable language sql as 'select at from simulation.clock';
      create function simulation.clock_timestamp() returns timestamptz stable language sql
        as 'select at from simulation.clock';
    `);
    await pool().query(
      `do $$ begin execute format('alter database %I set search_path = simulation, public, pg_catalog', current_database()); end $$`,
    );
    await closePrisma();
    await closePool();
  }

  async advance(ms: number): Promise<void> {
    this.now += ms;
    await pool().query(`update simulation.clock set at = '2030-01-01Z'::timestamptz + make_interval(secs => $1)`, [
      this.now / 1000,
    ]);
  }
}
