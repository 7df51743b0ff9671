/** Of a description on GitHub, in characters; the tightest of all forges. */
export const longestDescription = 65_536;

const notice = "\n\n_Cut here: the description would be longer than the code host allows._";

/** A description and what ends it. It is the description that is cut where both would be too long. */
export const withEnding = (description: string, ending: string): string => {
  const room = longestDescription - ending.length - 2;
  return `${fitted(description, room)}\n\n${ending}`;
};

/** At most `room` characters, cut at the end of a line, so that no quotation is left half. */
export const fitted = (text: string, room: number): string => {
  if (text.length <= room) return text;
  const kept = text.slice(0, Math.max(room - notice.length, 0));
  const lineEnd = kept.lastIndexOf("\n");
  return `${lineEnd > kept.length / 2 ? kept.slice(0, lineEnd) : kept.toWellFormed()}${notice}`;
};
