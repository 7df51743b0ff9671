import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { errorCode } from "./error-code.ts";

/** What a file was when it was read: any change of it makes another one. */
export interface FileStamp {
  readonly identity: string;
  /** ms since the epoch. */
  readonly modifiedAt: number;
  /** ms since the epoch; 0 where the file system does not keep it. */
  readonly bornAt: number;
}

export type StampedFile =
  | { readonly kind: "file"; readonly stamp: FileStamp }
  | { readonly kind: "gone" }
  /** A folder, a socket, a device: never opened. */
  | { readonly kind: "not-a-file" }
  | { readonly kind: "refused"; readonly problem: string; readonly fix: string };

export type ReadText =
  | { readonly kind: "text"; readonly text: string; readonly stamp: FileStamp }
  | Exclude<StampedFile, { readonly kind: "file" }>;

const symbolicLink = {
  kind: "refused",
  problem: "it is a symbolic link",
  fix: "Put the file itself there: links are not followed, because they can lead out of the folder.",
} as const;

/** Looks without opening. Never throws for what is wrong with the file. */
export const stampFile = async (path: string): Promise<StampedFile> => {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return symbolicLink;
    return stats.isFile() ? { kind: "file", stamp: stampOf(stats) } : { kind: "not-a-file" };
  } catch (error) {
    return unreadable(error);
  }
};

/** A regular file's UTF-8 text, at most `maxBytes` long. Never follows a link, never waits for a pipe. */
export const readText = async (path: string, maxBytes: number): Promise<ReadText> => {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return errorCode(error) === "ELOOP" ? symbolicLink : unreadable(error);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return { kind: "not-a-file" };
    const bytes = stats.size > maxBytes ? null : await readCapped(handle, maxBytes);
    if (bytes === null)
      return {
        kind: "refused",
        problem: `it is larger than ${Math.floor(maxBytes / 1024)} KiB`,
        fix: "Shorten it; link to long logs and attachments instead.",
      };
    const text = decode(bytes);
    return text === null
      ? { kind: "refused", problem: "it is not UTF-8 text", fix: "Save it as UTF-8." }
      : { kind: "text", text, stamp: stampOf(stats) };
  } catch (error) {
    return unreadable(error);
  } finally {
    await handle.close();
  }
};

/** Null when there is more: the file may have grown since its size was asked for. */
const readCapped = async (handle: FileHandle, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of handle.createReadStream({ end: maxBytes, autoClose: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  return length > maxBytes ? null : Buffer.concat(chunks);
};

const decode = (bytes: Buffer): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The decoder's only complaint is that the bytes are not UTF-8: the caller says so.
    return null;
  }
};

const unreadable = (error: unknown): Extract<StampedFile, { kind: "gone" | "refused" }> => {
  const code = errorCode(error);
  if (code === "ENOENT") return { kind: "gone" };
  return {
    kind: "refused",
    problem: `it cannot be read (${code})`,
    fix: "Give the orchestrator's user permission to read it.",
  };
};

interface Stats {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
}

const stampOf = ({ ino, size, mtimeMs, ctimeMs, birthtimeMs }: Stats): FileStamp => ({
  identity: `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
  modifiedAt: Math.floor(mtimeMs),
  bornAt: Math.floor(birthtimeMs),
});
