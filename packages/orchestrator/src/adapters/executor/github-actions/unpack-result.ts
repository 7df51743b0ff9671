import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { maxResultBytes, parseResult, resultFile, type UnpackedResult } from "../shared/parse-result.ts";

const maxFiles = 1_000;
/** Deflate makes at most 1,032 bytes of one: no more than 4 MiB come of a slice before they are counted. */
const sliceBytes = 4 * 1024;

/** Takes the result out of the artifact's zip archive, which anybody's code may have made. */
export const unpackResult = (archive: Uint8Array): UnpackedResult => {
  const { problem, bytes } = inflateResult(archive);
  return problem === null ? parseResult(bytes) : { kind: "unusable", problem };
};

interface Inflated {
  problem: string | null;
  bytes: Uint8Array;
}

/** Stops at the first byte too many: what an archive says of its own sizes proves nothing. */
const inflateResult = (archive: Uint8Array): Inflated => {
  const reader = createReader();
  const unzip = new Unzip(reader.onFile);
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < archive.length && !reader.isRefused(); at += sliceBytes)
      unzip.push(archive.subarray(at, at + sliceBytes), at + sliceBytes >= archive.length);
  } catch {
    // fflate's words are about formats; these are for people.
    reader.refuse("it is not a whole zip archive");
  }
  return reader.end();
};

const createReader = () => {
  const chunks: Uint8Array[] = [];
  let problem: string | null = null;
  let state: "missing" | "begun" | "whole" = "missing";
  let files = 0;
  let size = 0;

  const refuse = (reason: string): void => {
    problem ??= reason;
  };
  const take = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size > maxResultBytes) refuse(tooLarge);
    // fflate goes on in the same memory.
    else chunks.push(chunk.slice());
  };
  const begin = (file: UnzipFile): void => {
    if ((file.originalSize ?? 0) > maxResultBytes) {
      refuse(tooLarge);
      return;
    }
    state = "begun";
    file.ondata = (error, chunk, isLast) => {
      if (error === null) take(chunk);
      else refuse(`${resultFile} cannot be unpacked`);
      if (isLast) state = "whole";
    };
    file.start();
  };
  const onFile = (file: UnzipFile): void => {
    files += 1;
    if (files > maxFiles) refuse(`it holds more than ${maxFiles} files`);
    else if (file.name === resultFile && state !== "missing") refuse(`it holds ${resultFile} twice`);
    else if (file.name === resultFile) begin(file);
  };
  const end = (): Inflated => {
    if (state === "missing") refuse(`it holds no ${resultFile}`);
    if (state === "begun") refuse(`${resultFile} is cut off`);
    return { problem, bytes: problem === null ? Buffer.concat(chunks) : new Uint8Array() };
  };
  return { onFile, refuse, isRefused: () => problem !== null, end };
};

const tooLarge = `${resultFile} is larger than ${maxResultBytes} bytes`;
