/** The signs of an alphabet, for {@link runsOf}. */
export interface Alphabet {
  readonly has: Uint8Array;
  /** Runs that are shorter are left out. */
  readonly shortest: number;
  /** Signs that belong together: what is over at the end is left out. */
  readonly group: number;
}

const signs = (text: string): Uint8Array => {
  const has = new Uint8Array(128);
  for (const sign of text) has[sign.charCodeAt(0)] = 1;
  return has;
};

const digits = "0123456789";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export const base64: Alphabet = {
  has: signs(`${letters}${letters.toLowerCase()}${digits}+/_-`),
  shortest: 24,
  group: 1,
};
export const hexadecimal: Alphabet = { has: signs(`${digits}ABCDEFabcdef`), shortest: 48, group: 2 };

/** What is written in an alphabet, once each. A pattern would go back, and end the process in a run of millions. */
export const runsOf = (text: string, { has, shortest, group }: Alphabet): ReadonlySet<string> => {
  const runs = new Set<string>();
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 128 : text.charCodeAt(at);
    if (code < 128 && has[code] === 1) continue;
    const length = at - start - ((at - start) % group);
    if (length >= shortest) runs.add(text.slice(start, start + length));
    start = at + 1;
  }
  return runs;
};

/**
 * Without its line breaks, and the marks and quotes around them: dumps are broken into lines, and strings into parts. A plus sign goes
 * only beside a quote: elsewhere it is a digit of base64.
 */
export const withoutLineBreaks = (text: string): string => {
  const lines = text.split("\n");
  return lines
    .map((line, index) => {
      const begun = index === 0 ? line : line.replace(lineStart, "");
      return index === lines.length - 1 ? begun : withoutLineEnd(begun);
    })
    .join("");
};

const lineStart = /^[ \t>|#*]*(?:[+.]?[ \t]*["'])?/;

const withoutLineEnd = (line: string): string => {
  const text = line.trimEnd();
  if (/["']$/.test(text.slice(-1))) return text.slice(0, -1);
  if (!/[+,.\\]$/.test(text.slice(-1))) return text;
  const before = text.slice(0, -1).trimEnd();
  if (/["']$/.test(before.slice(-1))) return before.slice(0, -1);
  return text.endsWith("\\") ? before : text;
};
