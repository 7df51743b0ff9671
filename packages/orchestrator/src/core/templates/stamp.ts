/** SHA-256 of a text as UTF-8, in lower-case hex. */
export type Digest = (text: string) => string;

/** The first line of a file of ours: it tells an older copy from one that somebody changed. */
export interface Stamp {
  /** Whatever the line says: the name of a template, if it is ours. */
  readonly template: string;
  readonly checksum: string;
  /** All that follows the line. */
  readonly content: string;
}

const stampLine = /^# ai-implement-template: ([\w.-]{1,100}) sha256:([0-9a-f]{64})\n/;

export const stamped = (template: string, content: string, digest: Digest): string =>
  `# ai-implement-template: ${template} sha256:${digest(content)}\n${content}`;

/** Null: the file does not say that it is ours. */
export const readStamp = (text: string): Stamp | null => {
  const [line, template, checksum] = stampLine.exec(text) ?? [];
  return line === undefined || template === undefined || checksum === undefined
    ? null
    : { template, checksum, content: text.slice(line.length) };
};
