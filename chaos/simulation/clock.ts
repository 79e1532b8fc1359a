import { closePool, pool } from '@/lib/db/pool';
import { closePrisma } from '@/lib/db/prisma';

const AT = `timestamptz '2030-01-01Z' + pg_sequence_last_value('simulation.clock') * interval '1 millisecond'`;

/** The simulated time, in milliseconds since the simulation began. */
export class Clock {
  now = 0;

  /**
   * Makes the database use this clock: functions with the names of Postgres's own come first in the search path, so
   * that the product's unchanged statements call them. They may be called for each row, so they read a sequence, and
   * PL/pgSQL evaluates such an expression without running a statement.
   */
  async install(): Promise<void> {
    await pool().query(`
      create schema simulation;
      create sequence simulation.clock minvalue 0;
      create function simulation.now() returns timestamptz stable language plpgsql
        as $$ begin return ${AT}; end $$;
      create function simulation.clock_timestamp() returns timestamptz stable language plpgsql
        as $$ begin return ${AT}; end $$;
    `);
    await pool().query(
      `do $$ begin execute format('alter database %I set search_path = simulation, public, pg_catalog', current_database()); end $$`,
    );
    await closePrisma();
    await closePool();
    await this.advance(0);
  }

  async advance(ms: number): Promise<void> {
    this.now += ms;
    await pool().query(`select setval('simulation.clock', $1)`, [this.now]);
  }
}
