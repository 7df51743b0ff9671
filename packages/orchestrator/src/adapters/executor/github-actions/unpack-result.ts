import { type ResultRequest, resultRequestSchema } from "@ai-implement/contracts";
import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { z } from "zod";

/** A result, or in a few words what is there instead. */
export type UnpackedResult =
  | { readonly kind: "result"; readonly result: ResultRequest }
  | { readonly kind: "none"; readonly problem: string }
  /** Something was left that is no result: the same run would leave the same again. */
  | { readonly kind: "unusable"; readonly problem: string };

const resultFile = "result.json";
const maxResultBytes = 4 * 1024 * 1024;
const maxFiles = 1_000;
/** Deflate makes at most 1,032 bytes of one: no more than 4 MiB come of a slice before they are counted. */
const sliceBytes = 4 * 1024;

/** Takes the result out of the artifact's zip archive, which anybody's code may have made. */
export const unpackResult = (archive: Uint8Array): UnpackedResult => {
  const { problem, bytes } = inflateResult(archive);
  if (problem !== null) return { kind: "unusable", problem };
  const value = jsonOf(bytes);
  if (value === undefined) return { kind: "unusable", problem: `${resultFile} is not JSON` };
  const parsed = resultRequestSchema.safeParse(value);
  if (parsed.success) return { kind: "result", result: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? "" : ` (${z.core.toDotPath(issue.path)}: ${issue.message})`;
  return { kind: "unusable", problem: `${resultFile} is not a result${where}` };
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

/** Undefined: it is none. */
const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};
