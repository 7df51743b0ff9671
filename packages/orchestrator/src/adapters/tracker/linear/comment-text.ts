import { createHash } from "node:crypto";
import type { EffectKey } from "../../../core/runs/effects.ts";
import { withoutMentions } from "./mentions.ts";

/** Of a comment, in UTF-16 code units. Linear names no limit; nobody reads more than this. */
export const maxCommentLength = 100_000;
const notice = "\n\n… (cut: the text is longer than a comment may be)";

/**
 * A UUID in the shape of version 4, which Linear asks for, the same for the same effect: so Linear itself refuses a
 * comment that it already has (§7.2).
 */
export const commentIdOf = (issueId: string, key: EffectKey): string => {
  const hash = createHash("sha256").update(`comment\n${issueId}\n${key}`).digest("hex");
  const variant = (8 + (Number.parseInt(hash.charAt(16), 16) % 4)).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
};

/**
 * What an agent wrote notifies nobody, and holds no character that a database refuses. A body that is too long is cut,
 * and says so.
 */
export const commentBody = (body: string): string => {
  const text = body.replaceAll("\0", "");
  // Cut first: a cut through a code span would let out what is in it.
  return withoutMentions(
    text.length <= maxCommentLength
      ? text.toWellFormed()
      : `${text.slice(0, maxCommentLength - notice.length).toWellFormed()}${notice}`,
  );
};
