import { maxResultBytes, parseResult, resultFile, type UnpackedResult } from "../shared/parse-result.ts";

/** Of a tar archive, in bytes. */
const block = 512;
/** Extended headers tell times and the like before a file; more than that is no archive of one file. */
const maxHeaders = 4;
/** Of an archive with a result of the largest size. */
export const maxArchiveBytes = maxResultBytes + 256 * 1024;

/**
 * Takes the result out of the archive of one file that the engine makes (`GET /containers/…/archive`). What the archive
 * holds, anybody's code in the container may have put there.
 */
export const unpackResultFile = (archive: Buffer): UnpackedResult => {
  let at = 0;
  for (let headers = 0; headers <= maxHeaders; headers += 1) {
    const entry = readHeader(archive, at);
    if (entry === null) return unusable("it is not a whole tar archive");
    at += block;
    if (entry.kind === "file") {
      if (entry.size > maxResultBytes)
        return unusable(`${resultFile} is larger than ${maxResultBytes} bytes`);
      if (at + entry.size > archive.length) return unusable(`${resultFile} is cut off`);
      return parseResult(archive.subarray(at, at + entry.size));
    }
    if (entry.kind === "other") return unusable(`${resultFile} is not a file`);
    at += Math.ceil(entry.size / block) * block;
  }
  return unusable("it is not the archive of one file");
};

const unusable = (problem: string): UnpackedResult => ({ kind: "unusable", problem });

interface Entry {
  readonly kind: "file" | "extended" | "other";
  readonly size: number;
}

/** POSIX `ustar`: the size in octal at 124, the type at 156. Null: there is no header at all. */
const readHeader = (archive: Buffer, at: number): Entry | null => {
  const header = archive.subarray(at, at + block);
  if (header.length < block || header[0] === 0) return null;
  const size = /^[0-7]{1,11}/.exec(header.toString("latin1", 124, 136))?.[0];
  if (size === undefined) return null;
  return { kind: kindOf(header.toString("latin1", 156, 157)), size: Number.parseInt(size, 8) };
};

const kindOf = (type: string): Entry["kind"] => {
  switch (type) {
    case "0":
    case "\0":
      return "file";
    case "x":
    case "g":
      return "extended";
    default:
      return "other";
  }
};
