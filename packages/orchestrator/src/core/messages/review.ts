import { inert, oneLine } from "./foreign.ts";

export const takenUpMarker = "## 🤖 AI-Implement: review taken up";

export const takenUpComment = (reviewers: readonly string[]): string =>
  `${takenUpMarker}\n\nThe review by ${names(reviewers)} is taken up: a run works on it and updates this pull request.`;

export const waitsMarker = "## 🤖 AI-Implement: not now";

export const waitsComment = (why: string): string =>
  `${waitsMarker}\n\nWhat was asked for here is kept, and nothing works on it yet. ${why}`;

/** No mention: they know what they wrote. */
const names = (logins: readonly string[]): string =>
  [...new Set(logins)].map((login) => `\`${inert(oneLine(login)).replaceAll("`", "'")}\``).join(", ");
