export interface TarEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** POSIX: `0` a file, `2` a symbolic link, `5` a folder, `x` extended headers. */
  readonly type?: string;
  /** Instead of the content's own. */
  readonly size?: number;
  readonly mode?: string;
}

const block = 512;

/** A POSIX `ustar` archive, also one that lies about its sizes. */
export const makeTar = (entries: readonly TarEntry[]): Buffer =>
  Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(2 * block)]);

const entryBlocks = (entry: TarEntry): readonly Buffer[] => {
  const content = Buffer.from(entry.content);
  const header = Buffer.alloc(block);
  header.write(entry.name, 0, 100, "latin1");
  header.write(`${entry.mode ?? "0000644"}\0`, 100, "latin1");
  for (const at of [108, 116]) header.write("0000000\0", at, "latin1");
  header.write(`${(entry.size ?? content.length).toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("00000000000\0", 136, "latin1");
  header.write(entry.type ?? "0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return [header, content, Buffer.alloc((block - (content.length % block)) % block)];
};
