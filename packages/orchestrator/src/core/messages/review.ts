import { inert, oneLine, quoted } from "./foreign.ts";

export const takenUpMarker = "## 🤖 AI-Implement: review taken up";

export const takenUpComment = (reviewers: readonly string[]): string =>
  `${takenUpMarker}\n\nThe review by ${names(reviewers)} is taken up: a run works on it and updates this pull request.`;

export const revisionFailedMarker = "## 🤖 AI-Implement: the revision failed";

/** Whoever asked for it reads here, and not on the ticket. */
export const revisionFailedComment = (message: string): string =>
  `${revisionFailedMarker}\n\n${inert(quoted(message))}\n\nThe pull request is as it was. Write \`/ai-implement\` with other words to ask again.`;

export const waitsMarker = "## 🤖 AI-Implement: not now";

export const waitsComment = (why: string): string =>
  `${waitsMarker}\n\nWhat was asked for here is kept, and nothing works on it yet. ${why}`;

/** No mention: they know what they wrote. */
const names = (logins: readonly string[]): string =>
  [...new Set(logins)].map((login) => `\`${inert(oneLine(login)).replaceAll("`", "'")}\``).join(", ");
