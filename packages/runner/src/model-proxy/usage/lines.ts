/** Cuts what arrives in pieces. */
export interface Splitter {
  push(chunk: Buffer): void;
  end(): void;
}

const newline = 0x0a;

/** Lines without their end; one that is longer than `maxBytes` is left out. A last one without an end counts. */
export const createLineSplitter = (maxBytes: number, onLine: (line: string) => void): Splitter => {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const add = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes > maxBytes) pieces = [];
    else pieces.push(piece);
  };
  const finish = (): void => {
    if (bytes <= maxBytes && bytes > 0) onLine(Buffer.concat(pieces).toString("utf8"));
    pieces = [];
    bytes = 0;
  };
  return {
    push: (chunk) => {
      let from = 0;
      for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
        add(chunk.subarray(from, to));
        finish();
        from = to + 1;
      }
      if (from < chunk.length) add(chunk.subarray(from));
    },
    end: finish,
  };
};
