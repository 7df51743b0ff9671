/**
 * Words on lines that leave `indent` columns free; null: one line, for `grep` and logs. A word that is longer than a line
 * is left whole: it may be a path.
 */
export const wrap = (text: string, indent: number, width: number | null): readonly string[] => {
  if (width === null) return [text];
  const room = Math.max(30, width - indent);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};
