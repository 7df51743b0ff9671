import { invisible, withoutInvisible } from "../guard/invisible.ts";

const leftOut = "[a hidden comment was left out]";

/**
 * What people wrote, as a person reads it (§11.6): without terminal escapes, without characters that take no place or turn
 * the direction of others, and without HTML comments, which a tracker does not show.
 */
export const asRead = (text: string): string =>
  withoutComments(withoutControls(withoutInvisible(text.replaceAll("\r\n", "\n"))));

/** Code and diffs keep every character, but those that nobody sees are spelt out. */
export const spelledOut = (text: string): string =>
  text.replace(invisible, spell).replace(controls, (found) => (found === "\r" ? found : spell(found)));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it finds, all but tab and line feed
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

const withoutControls = (text: string): string => text.replace(/[\u2028\u2029]/g, "\n").replace(controls, "");

const spell = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** One at the start of a line that is never closed hides all the rest; within a line it is shown as it stands. */
const withoutComments = (text: string): string => {
  let kept = "";
  let from = 0;
  for (;;) {
    const start = text.indexOf("<!--", from);
    if (start === -1) return kept + text.slice(from);
    const end = text.indexOf("-->", start + 4);
    if (end !== -1) {
      kept += text.slice(from, start) + leftOut;
      from = end + 3;
    } else if (text.slice(text.lastIndexOf("\n", start) + 1, start).trim() === "") {
      return kept + text.slice(from, start) + leftOut;
    } else {
      kept += text.slice(from, start + 4);
      from = start + 4;
    }
  }
};
