import type { FileStamp } from "./read-text.ts";

/** What was made of files that have not changed since. Bounded: the least recently used goes first. */
export interface FileCache<Value> {
  find(path: string, stamp: FileStamp): Value | undefined;
  /** @param size of the text it was made of, in UTF-16 code units. */
  keep(path: string, stamp: FileStamp, value: Value, size: number): void;
}

export const createFileCache = <Value>(maxSize: number): FileCache<Value> => {
  // A Map keeps the order of insertion: its first entry is the one used longest ago.
  const entries = new Map<string, { identity: string; value: Value; size: number }>();
  let total = 0;
  const drop = (path: string): void => {
    total -= entries.get(path)?.size ?? 0;
    entries.delete(path);
  };
  return {
    find: (path, { identity }) => {
      const entry = entries.get(path);
      if (entry?.identity !== identity) return undefined;
      entries.delete(path);
      entries.set(path, entry);
      return entry.value;
    },
    keep: (path, { identity }, value, size) => {
      drop(path);
      entries.set(path, { identity, value, size });
      total += size;
      for (const oldest of entries.keys()) {
        if (total <= maxSize) break;
        drop(oldest);
      }
    },
  };
};
