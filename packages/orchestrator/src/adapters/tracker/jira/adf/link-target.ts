import { type AdfNode, textNode } from "./adf-node.ts";

/** What may stand behind a link, ready to be written; null for everything but http(s) and mailto. */
export const linkTarget = (url: string): string | null => {
  const written = url.trim().replace(/[\s<>\p{Cc}]/gu, (character) => encodeURIComponent(character));
  return (/^https?:\/\//i.test(written) && isUrl(written)) || address.test(written) ? written : null;
};

/** One address, as Markdown knows them: https://spec.commonmark.org/0.31.2/#email-address. */
const address =
  /^mailto:[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*(?:\?\S*)?$/i;

/** Not `URL.canParse`: on Node 20 it changes its mind about letters outside ASCII once it has been called often. */
const isUrl = (text: string): boolean => {
  try {
    return new URL(text).href !== "";
  } catch {
    return false;
  }
};

/** A target that may not be linked is kept where a reader sees it: `the guide (docs/guide.md)`. */
export const targetAsText = (text: string, url: string): string => {
  const shown = url.replace(/\s+/g, " ").trim();
  if (shown === "" || shown === text || shown === `mailto:${text}`) return "";
  const cut = shown.length > longestShown ? `${shown.slice(0, longestShown)}…` : shown;
  return text === "" ? cut : ` (${cut})`;
};

/** Enough for a path; not for an image that somebody wrote into its own address. */
const longestShown = 200;

const bareAddress = /https?:\/\/[^\s<>]+/gi;

/** Addresses in plain text become links, in both directions, as GitHub and Jira show them. */
export const linkBareAddresses = (
  node: AdfNode,
  link: (text: string, href: string) => AdfNode,
): AdfNode[] => {
  const text = node.text ?? "";
  const parts: AdfNode[] = [];
  let end = 0;
  for (const match of text.matchAll(bareAddress)) {
    const url = withoutPunctuation(match[0]);
    const href = linkTarget(url);
    if (href === null) continue;
    if (match.index > end) parts.push(textNode(text.slice(end, match.index), node.marks));
    parts.push(link(url, href));
    end = match.index + url.length;
  }
  if (end < text.length) parts.push(textNode(text.slice(end), node.marks));
  return parts;
};

/** A full stop or a bracket after an address ends the sentence, not the address. */
const withoutPunctuation = (address: string): string => {
  let end = address.length;
  while (end > 0 && trailing.has(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
};

const trailing: ReadonlySet<string> = new Set("?!.,:;*_~'\"()[]{}|\\`");
