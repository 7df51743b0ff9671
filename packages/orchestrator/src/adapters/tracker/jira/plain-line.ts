/**
 * A stranger's words as one line that no log and no database stumbles over: without line ends, control characters and
 * half characters. What is longer than `most` UTF-16 code units is cut, and says so.
 */
export const plainLine = (text: string, most: number): string => {
  const line = text
    .slice(0, most * 4)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return (line.length > most ? `${line.slice(0, most - 1)}…` : line).toWellFormed();
};
