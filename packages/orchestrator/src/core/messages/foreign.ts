/**
 * Text that strangers wrote (tickets, repositories, agents), made fit to stand among our own words: it may
 * say what it likes, but it cannot end our sentence, our heading or our hidden block (§11).
 */

/** Bidi controls and zero-width characters make a text look like another; a lone surrogate is not text. */
const deceptive = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\p{Cs}]/gu;

/** One visible line: every run of white space and control characters is one space. */
export const oneLine = (text: string): string =>
  text
    .replace(deceptive, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

/** `oneLine`, cut to `max` UTF-16 units without leaving half a character. */
export const headline = (text: string, max: number): string =>
  oneLine(text)
    .slice(0, max)
    .replace(/\p{Cs}$/u, "")
    .trimEnd();

const lines = (text: string): readonly string[] =>
  imageless(text.replace(deceptive, ""))
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\n\t])\p{Cc}/gu, "")
    .trim()
    .split("\n");

/**
 * An image is fetched by whoever looks at the page: its address would carry out what its writer has read. What becomes of it is
 * a link, which waits for a person.
 */
const imageless = (text: string): string => text.replace(/!(?=\[)/g, "!\u200B");

/** Visible text of several lines. */
export const paragraphs = (text: string): string => lines(text).join("\n");

/** As a Markdown quotation: whatever it opens (a fence, a list, a heading) ends with it. */
export const quoted = (text: string): string =>
  lines(text)
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");

/** As a Markdown list item, which likewise contains what it opens. */
export const listItem = (text: string): string => `- ${lines(text).join("\n  ")}`;

/**
 * No HTML, so that no unclosed comment or `<details>` swallows what follows; nobody is notified by a mention, no image is
 * fetched, and no issue is closed by a merge.
 */
export const inert = (text: string): string =>
  closingNothing(
    imageless(text)
      .replace(/<(?=[A-Za-z/!?])/g, "&lt;")
      .replace(/(?<!\w)@(?=\w)/g, "@\u200B"),
  );

/** GitHub's words before the number or the address of an issue: a merge would close it, in other repositories too. */
const closingWords =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+\S*(?:#\d|\bGH-\d|\/(?:issues|pull)\/\d))/gi;

export const closingNothing = (text: string): string => text.replace(closingWords, "$1\u200B");

/** A Markdown code span of one line; inert, because a stray backtick before it could turn it inside out. */
export const codeSpan = (text: string): string => `\`${inert(oneLine(text).replaceAll("`", "'")) || " "}\``;

/** A Markdown link whose text and target stay where they belong. */
export const link = (text: string, url: string): string =>
  `[${inert(oneLine(text).replace(/[\\[\]`]/g, "\\$&"))}](${oneLine(url).replace(/[\s()<>\\`]/g, percentEncoded)})`;

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
