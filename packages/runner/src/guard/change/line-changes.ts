const linesOf = (text: string): readonly string[] => (text === "" ? [] : text.split("\n"));

const counted = (lines: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
};

/**
 * The lines that a file has and did not have before, in their order. Without a diff: attributes of the repository decide
 * what a diff shows.
 */
export const addedLines = (before: string, after: string): string => missingIn(before, after).join("\n");

/** New lines and lines that are gone; a line that moved is neither. */
export const changedLineCount = (before: string, after: string): number =>
  missingIn(before, after).length + missingIn(after, before).length;

const missingIn = (had: string, has: string): readonly string[] => {
  if (had === has) return [];
  const known = counted(linesOf(had));
  return linesOf(has).filter((line) => {
    const left = known.get(line) ?? 0;
    if (left > 0) known.set(line, left - 1);
    return left === 0;
  });
};
