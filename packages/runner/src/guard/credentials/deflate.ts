import { constants, inflateRawSync } from "node:zlib";

/** Bytes that one packed part may unpack to. */
const maxInflated = 4 * 1024 * 1024;

/** Null: it is not compressed, which is what nearly everything is. */
export const inflated = (bytes: Buffer): Buffer | "too-large" | null => {
  try {
    const result = inflateRawSync(bytes, {
      maxOutputLength: maxInflated,
      // Without its end, a stream still gives what it had up to there.
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return result.length === 0 ? null : result;
  } catch (error) {
    return error instanceof RangeError ? "too-large" : null;
  }
};

/**
 * Without its wrapping, if it has any (RFC 1952, RFC 1950): neither a checksum that is wrong nor what follows it keeps a reader
 * from the data.
 */
export const unwrapped = (bytes: Buffer): Buffer => bytes.subarray(headerLength(bytes));

const hasExtra = 4;
const hasName = 8;
const hasComment = 16;
const hasHeaderChecksum = 2;

const headerLength = (bytes: Buffer): number => {
  if (bytes[0] === 0x78) return 2;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes.length < 18) return 0;
  const flags = bytes.readUInt8(3);
  let length = 10;
  if ((flags & hasExtra) !== 0) length += 2 + bytes.readUInt16LE(length);
  if ((flags & hasName) !== 0) length = bytes.indexOf(0, length) + 1;
  if ((flags & hasComment) !== 0) length = bytes.indexOf(0, length) + 1;
  return (flags & hasHeaderChecksum) !== 0 ? length + 2 : length;
};

const stored = 0;
const fixedCodes = 1;
const ownCodes = 2;

/**
 * False for what every decompressor refuses at its first block (RFC 1951, 3.2.3 to 3.2.7): three quarters of what is not compressed,
 * for a thousandth of what it costs to try.
 */
export const mayBeDeflated = (bytes: Buffer): boolean => {
  if (bytes.length < 5) return false;
  switch ((bytes.readUInt8(0) >> 1) & 3) {
    case stored:
      return (bytes.readUInt16LE(1) ^ bytes.readUInt16LE(3)) === 0xffff;
    case fixedCodes:
      return true;
    case ownCodes:
      return hasCompleteCodes(bytes);
    default:
      return false;
  }
};

const maxLiteralCodes = 286;
const maxDistanceCodes = 30;

/** The lengths of its first code, of three bits each, have to use up all there is. */
const hasCompleteCodes = (bytes: Buffer): boolean => {
  const at = (bit: number, width: number): number => {
    const low = bytes[bit >> 3] ?? 0;
    const high = bytes[(bit >> 3) + 1] ?? 0;
    return (((high << 8) | low) >> (bit & 7)) & ((1 << width) - 1);
  };
  if (at(3, 5) + 257 > maxLiteralCodes || at(8, 5) + 1 > maxDistanceCodes) return false;
  const lengths = Array.from({ length: at(13, 4) + 4 }, (_, index) => at(17 + 3 * index, 3));
  const used = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 128 >> length), 0);
  return used === 128;
};
