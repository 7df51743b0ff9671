/** Length of the frame, length of its headers, checksum of the two. */
const preludeBytes = 12;
const checksumBytes = 4;

/**
 * The payloads of AWS's event stream (application/vnd.amazon.eventstream, as the Smithy specification of event streams describes
 * it). The checksums are the agent's to check. After a frame whose lengths cannot be true, nothing more is read.
 */
export const createFrameSplitter = (maxBytes: number, onPayload: (payload: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  let isBroken = false;
  return {
    push: (chunk: Buffer): void => {
      if (isBroken) return;
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let frame = firstFrame(rest, maxBytes); frame !== null; frame = firstFrame(rest, maxBytes)) {
        if (frame === "broken") {
          isBroken = true;
          rest = Buffer.alloc(0);
          return;
        }
        onPayload(rest.subarray(frame.from, frame.to));
        rest = rest.subarray(frame.to + checksumBytes);
      }
    },
  };
};

/** Where the payload of the first frame lies; null where more has to come first. */
const firstFrame = (
  bytes: Buffer,
  maxBytes: number,
): { readonly from: number; readonly to: number } | "broken" | null => {
  if (bytes.length < preludeBytes) return null;
  const total = bytes.readUInt32BE(0);
  const from = preludeBytes + bytes.readUInt32BE(4);
  if (total > maxBytes || from + checksumBytes > total) return "broken";
  return bytes.length < total ? null : { from, to: total - checksumBytes };
};
