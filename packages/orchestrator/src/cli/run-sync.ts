import { openSqliteStore } from "../adapters/store/sqlite/sqlite-store.ts";
import { readTemplates, templatesDirectory } from "../adapters/templates/read-templates.ts";
import type { Config } from "../config.ts";
import { createAdapters, databasePath } from "../from-config.ts";
import { createLogger } from "../logger.ts";
import { createTemplateSync } from "../services/templates/template-sync.ts";
import { type SyncCommand, syncCommand } from "./sync.ts";

export interface SyncOptions extends Omit<SyncCommand, "store" | "templateSync"> {
  readonly config: Config;
  /** What no line may show. */
  readonly secrets: readonly string[];
  /** `PATH` for git. */
  readonly path: string;
}

/** `sync` over the stored projects. It only reads the database: a service that runs meanwhile is not disturbed. */
export const runSync = async ({ config, secrets, path, ...command }: SyncOptions): Promise<number> => {
  const logger = createLogger({ level: "warn", format: "pretty", secrets, destination: process.stderr });
  const { store, localPullRequests } = await openSqliteStore({
    path: databasePath(config),
    openReadOnly: true,
  });
  try {
    const adapters = await createAdapters(config, localPullRequests, { path, logger, readOnly: true });
    const templates = () => readTemplates(templatesDirectory());
    const templateSync = createTemplateSync({ store, adapters, templates, logger });
    return await syncCommand({ ...command, store, templateSync });
  } finally {
    await store.close();
  }
};
