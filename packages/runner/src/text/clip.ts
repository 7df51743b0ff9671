/** Which end of a text matters: prose is read from its head, a log from its tail. */
export type Keep = "head" | "tail";

/**
 * At most `max` UTF-16 code units, with a notice where something was left out. A text that fits comes back as
 * it is; a surrogate pair is never split.
 */
export const clip = (text: string, max: number, keep: Keep = "head"): string => {
  if (text.length <= max) return text;
  const notice =
    keep === "head"
      ? ` … [cut, ${text.length} characters in all]`
      : `[cut, ${text.length} characters in all] … `;
  const room = max - notice.length;
  if (room <= 0) return keep === "head" ? headOf(text, max) : tailOf(text, max);
  return keep === "head" ? headOf(text, room) + notice : notice + tailOf(text, room);
};

/** The same on one line: every run of white space is one space. */
export const oneLine = (text: string, max: number): string => clip(text.replace(/\s+/g, " ").trim(), max);

const headOf = (text: string, length: number): string => {
  const splitsPair = isHighSurrogate(text.charCodeAt(length - 1)) && isLowSurrogate(text.charCodeAt(length));
  return text.slice(0, splitsPair ? length - 1 : length);
};

const tailOf = (text: string, length: number): string => {
  const from = text.length - length;
  const splitsPair = isHighSurrogate(text.charCodeAt(from - 1)) && isLowSurrogate(text.charCodeAt(from));
  return text.slice(splitsPair ? from + 1 : from);
};

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
