import { NewerSchemaError, OlderSchemaError } from "../shared/migrate.ts";

/** What an operator reads when the database cannot be opened: the file, the setting and the fix. */
export const openError = (path: string, cause: unknown): Error =>
  new Error(`${problem(path, cause)} (DEDUP_DB_PATH=${path})`, { cause });

const problem = (path: string, cause: unknown): string => {
  if (cause instanceof NewerSchemaError)
    return `The database ${path} was written by a newer version of AI-Implement: run that version or a later one, or point DEDUP_DB_PATH at another file`;
  if (cause instanceof OlderSchemaError)
    return `The database ${path} was written by an older version of AI-Implement, which still has it open: start this version of the service, which brings it up to date`;
  const code = codeOf(cause);
  if (code.startsWith("SQLITE_READONLY") || code === "SQLITE_CANTOPEN" || code.startsWith("SQLITE_PERM"))
    return `The database ${path} cannot be written: give this user write permission on the file and on its folder, or point DEDUP_DB_PATH at a writable place`;
  if (code === "SQLITE_NOTADB")
    return `The file ${path} is not a SQLite database: move it away, or point DEDUP_DB_PATH at another file`;
  if (code.startsWith("SQLITE_CORRUPT"))
    return `The database ${path} is damaged: restore it from a backup, or point DEDUP_DB_PATH at another file`;
  if (code.startsWith("SQLITE_BUSY"))
    return `The database ${path} is locked by another process: stop that one, or point DEDUP_DB_PATH at another file`;
  if (code === "SQLITE_FULL")
    return `The disk of the database ${path} is full: make room, or point DEDUP_DB_PATH at another disk`;
  return `The database ${path} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}. Mend that, or point DEDUP_DB_PATH at another file`;
};

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
