import { StringDecoder } from "node:string_decoder";

export interface LineSplitter {
  /** The lines that this chunk completes. */
  push(chunk: Uint8Array): readonly string[];
  /** The unfinished last line, when the stream has ended. */
  end(): readonly string[];
}

/**
 * Bytes to lines, with bounded memory: a line of more than `maxLineLength` UTF-16 code units is left out whole, and
 * the next one is read again.
 */
export const createLineSplitter = (maxLineLength: number): LineSplitter => {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let tooLong = false;

  const take = (text: string): readonly string[] => {
    const [head = "", ...rest] = text.split("\n");
    if (!tooLong) pending += head;
    if (pending.length > maxLineLength) {
      pending = "";
      tooLong = true;
    }
    if (rest.length === 0) return [];
    const finished = tooLong ? [] : [pending];
    const tail = rest.pop() ?? "";
    tooLong = tail.length > maxLineLength;
    pending = tooLong ? "" : tail;
    return [...finished, ...rest.filter(({ length }) => length <= maxLineLength)].filter(
      (line) => line !== "",
    );
  };

  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk))),
    end: () => take(`${decoder.end()}\n`),
  };
};
