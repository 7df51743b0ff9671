import type { FeedbackItem, Revision } from "@ai-implement/contracts";
import { clip, oneLine } from "../text/clip.ts";
import type { Fence } from "./fence.ts";

/** Of one remark and of all together, in characters: who writes much must not crowd out the rest, or the code. */
const maxRemark = 8_000;
const maxRemarks = 100_000;

/** What was said on the pull request, each remark in a fence of its own with its place; instructions come first. */
export const feedbackSection = ({ feedback }: Revision, fence: Fence): string => {
  const ordered = [
    ...feedback.filter(({ kind }) => kind === "command"),
    ...feedback.filter(({ kind }) => kind !== "command"),
  ];
  const blocks: string[] = [];
  let room = maxRemarks;
  for (const item of ordered) {
    const block = fence.block(names[item.kind], remark(item));
    if (block.length > room) break;
    room -= block.length;
    blocks.push(block);
  }
  const leftOut = ordered.length - blocks.length;
  return [
    ...blocks,
    ...(leftOut === 0
      ? []
      : [`${leftOut} more remarks did not fit into this run: say in the summary that they are open.`]),
  ].join("\n\n");
};

const names: Readonly<Record<FeedbackItem["kind"], string>> = {
  command: "instruction",
  review: "review",
  "inline-comment": "inline comment",
};

const remark = ({ author, body, path, line }: FeedbackItem): string => {
  const where = path === undefined ? "" : ` on ${oneLine(path, 500)}${line === undefined ? "" : `:${line}`}`;
  // A bare `/ai-implement` has no words of its own.
  const words = body.trim() === "" ? "(no further words)" : body.trim();
  return `${oneLine(author, 100)}${where}:\n${clip(words, maxRemark)}`;
};
