import type pg from 'pg';

export interface Column {
  name: string;
  /** the oid of its type */
  type: number;
  /** the table column that it comes from, if any */
  from: { table: number; column: number } | undefined;
}

export interface Described {
  columns: Column[];
  /** the oids of the parameters' types, in the order of their numbers */
  parameters: number[];
}

interface Wire {
  once(event: 'parameterDescription', listener: (message: { dataTypeIDs: number[] }) => void): void;
  parse(statement: { text: string; name: string; types: number[] }): void;
  describe(what: { type: 'S'; name: string }): void;
  sync(): void;
}

/** Lets Postgres parse and describe a statement without running it. */
export function describeStatement(client: pg.Client, text: string): Promise<Described> {
  return new Promise((resolve, reject) => {
    const described: Described = { columns: [], parameters: [] };
    let failure: Error | undefined;
    const submittable = {
      submit(connection: unknown) {
        const wire = connection as Wire;
        wire.once('parameterDescription', ({ dataTypeIDs }) => {
          described.parameters = dataTypeIDs;
        });
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
      },
      handleRowDescription({ fields }: { fields: pg.FieldDef[] }) {
        described.columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
          name,
          type: dataTypeID,
          from: tableID ? { table: tableID, column: columnID } : undefined,
        }));
      },
      handleError(error: Error) {
        failure = error;
        reject(error);
      },
      handleReadyForQuery() {
        if (!failure) resolve(described);
      },
    };
    client.query(submittable);
  });
}
