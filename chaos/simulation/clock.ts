import { closePool, pool } from '@/lib/db/pool';
import { closePrisma } from '@/lib/db/prisma';

/** The simulated time, in milliseconds since the simulation began. */
export class Clock {
  now = 0;

  /**
   * Makes the database use this clock: functions with the names of Postgres's own come first in the search path, so
   * that the product's unchanged statements call them.
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
