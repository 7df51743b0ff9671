/** Of a description or a comment, in characters; we count UTF-16 code units, of which there are never fewer. */
export const longestText = 65_536;

const notice =
  "\n\n_This text was longer than GitHub allows, and was cut here. What is missing is in the log of the run._";

/** As much of a text as GitHub takes, cut at the end of a line, with a notice where something is missing. */
export const fitText = (text: string): string => {
  if (text.length <= longestText) return text;
  const fence = "\n```";
  const kept = text.slice(0, longestText - notice.length - fence.length);
  const lineEnd = kept.lastIndexOf("\n");
  const whole = (lineEnd > kept.length / 2 ? kept.slice(0, lineEnd) : kept).replace(/\p{Cs}$/u, "");
  return `${whole}${isInFence(whole) ? fence : ""}${notice}`;
};

/** An open block of code would swallow the notice. */
const isInFence = (text: string): boolean => (text.match(/^```/gm)?.length ?? 0) % 2 === 1;
