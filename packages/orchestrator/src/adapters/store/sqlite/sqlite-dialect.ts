import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type TransactionSettings,
} from "kysely";

/** Kysely's SQLite, for a file that several processes may open. */
export class SharedFileDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}

class ImmediateDriver extends SqliteDriver {
  /**
   * A transaction that begins as a reader and then writes fails at once, whatever the busy timeout, when another
   * process wrote in between; so a writer is one from the start. A reader sees one state of the file, whichever
   * isolation level is asked for.
   */
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const begin = settings?.accessMode === "read only" ? "begin" : "begin immediate";
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
}

class TransactionalDdlAdapter extends SqliteAdapter {
  /** SQLite can (https://www.sqlite.org/lang_transaction.html): migrations happen whole, and under the write lock. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
