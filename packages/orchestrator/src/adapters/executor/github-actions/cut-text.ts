const notice = "\n\n[Cut here: too long for a GitHub dispatch.]";

/** Below this there is nothing but the notice: a text as short as that stays whole. */
export const shortestCut = notice.length;

/** At most `to` UTF-16 code units, the notice included; never half of a surrogate pair. Pure. */
export const cutText = (text: string, to: number): string =>
  text.length <= Math.max(to, shortestCut)
    ? text
    : `${prefix(text, Math.max(0, to - notice.length))}${notice}`;

const prefix = (text: string, length: number): string =>
  text.slice(0, splitsPair(text, length) ? length - 1 : length);

/** A code point beyond the first 65,536 takes two code units, and begins before the cut. */
const splitsPair = (text: string, length: number): boolean =>
  length > 0 && (text.codePointAt(length - 1) ?? 0) > 0xffff;
