import { inflated, mayBeDeflated, unwrapped } from "./deflate.ts";
import type { Effort } from "./effort.ts";
import { base64, hexadecimal, runsOf, withoutLineBreaks } from "./runs.ts";

/** What is packed into a text, unpacked once. */
export interface Decodings {
  /** All of it, one below the other, as bytes; it may itself be packed. Empty: nothing is. */
  readonly text: string;
  /** What of it reads as a text, so that signs, tags and escapes mean something in it. */
  readonly readable: string;
  /** False: some of it is larger, or more, than is worth unpacking, so nothing can be said of it. */
  readonly complete: boolean;
}

/** Bytes of a packed part that are looked at. */
const maxPacked = 1024 * 1024;
/** Streams that are tried between two pauses: about ten milliseconds. */
const streamsInARow = 100;
const runsInARow = 10_000;

/**
 * Base64, hexadecimal digits, and what is compressed inside of them or lies bare in a text of bytes. Stops after every piece of
 * work, so that others may have their turn.
 * @param text of characters, or of bytes as Latin-1
 */
export function* decodingsOf(text: string, effort: Effort): Generator<void, Decodings> {
  const parts = yield* decodedRuns(text);
  let complete = true;
  let tried = 0;
  const decoded = [...parts];
  for (const packed of chain(decoded, compressedIn(text))) {
    const bytes = unwrapped(packed);
    if (!mayBeDeflated(bytes)) continue;
    if (!effort.spend("streams", 1)) {
      complete = false;
      break;
    }
    const inner = inflated(bytes);
    if (inner === "too-large") complete = false;
    else if (inner !== null && effort.spend("characters", inner.length)) parts.push(inner);
    else if (inner !== null) complete = false;
    tried += 1;
    if (tried % streamsInARow === 0) yield;
  }
  yield;
  return { text: below(parts), readable: below(parts.filter(isReadable)), complete };
}

const below = (parts: readonly Buffer[]): string => parts.map((bytes) => bytes.toString("latin1")).join("\n");

function* decodedRuns(text: string): Generator<void, Buffer[]> {
  const joined = withoutLineBreaks(text);
  yield;
  const decoded: Buffer[] = [];
  const sources = joined === text ? [text] : [text, joined];
  for (const source of sources) {
    // Where lines are joined, words before the first may have become part of the run.
    const offsets = source === text ? [0] : [0, 1, 2, 3];
    let count = 0;
    for (const run of runsOf(source, base64)) {
      for (const offset of offsets) decoded.push(Buffer.from(run.slice(offset), "base64"));
      count += 1;
      if (count % runsInARow === 0) yield;
    }
    yield;
    for (const run of runsOf(source, hexadecimal)) decoded.push(Buffer.from(run, "hex"));
    yield;
  }
  return decoded;
}

function* chain<Item>(...all: readonly Iterable<Item>[]): Generator<Item> {
  for (const one of all) yield* one;
}

/** Where gzip and zlib streams begin (RFC 1952, RFC 1950). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the formats begin with them
const streamStart = /\x1f\x8b\x08|x[\x01\x5e\x9c\xda]/g;

function* compressedIn(text: string): Generator<Buffer> {
  // Characters beyond Latin-1 say that these are no bytes.
  if (text.search(streamStart) === -1 || /[\u0100-\uffff]/.test(text)) return;
  const bytes = Buffer.from(text, "latin1");
  for (const { index } of text.matchAll(streamStart)) yield bytes.subarray(index, index + maxPacked);
}

/** Hardly any control characters: terminal escapes, tabs and line breaks are none here. */
const isReadable = (bytes: Buffer): boolean => {
  let controls = 0;
  for (const byte of bytes)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27) controls += 1;
  return controls * 16 <= bytes.length;
};
