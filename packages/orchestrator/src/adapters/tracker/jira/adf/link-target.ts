import { type AdfNode, textNode } from "./adf-node.ts";

/** What may stand behind a link, ready to be written; null for everything but http(s) and mailto. */
export const linkTarget = (url: string): string | null => {
  const written = url.trim().replace(/[\s<>\p{Cc}]/gu, (character) => encodeURIComponent(character));
  return /^(?:https?:\/\/|mailto:)/i.test(written) && URL.canParse(written) ? written : null;
};

/** A target that may not be linked is kept where a reader sees it: `the guide (docs/guide.md)`. */
export const targetAsText = (text: string, url: string): string => {
  const shown = url.replace(/\s+/g, " ").trim();
  if (shown === "" || shown === text) return "";
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
    const address = withoutPunctuation(match[0]);
    const href = linkTarget(address);
    if (href === null) continue;
    if (match.index > end) parts.push(textNode(text.slice(end, match.index), node.marks));
    parts.push(link(address, href));
    end = match.index + address.length;
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
