import { at, type Node } from "../syntax/tree.ts";
import type { Workflow } from "./workflow.ts";

/** Events that run with the repository's own rights although a stranger may have caused them. */
const privilegedEvents = ["pull_request_target", "workflow_run", "issue_comment"];

/** Events that anybody can cause in a public repository. */
const publicEvents = [
  ...privilegedEvents,
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "issues",
  "discussion",
  "discussion_comment",
  "fork",
  "watch",
  "gollum",
];

export const privilegedTriggers = ({ triggers }: Workflow): readonly string[] =>
  privilegedEvents.filter((event) => triggers.has(event));

export const publicTriggers = ({ triggers }: Workflow): readonly string[] =>
  publicEvents.filter((event) => triggers.has(event));

/** What is built here goes out to others. */
export const publishes = ({ triggers }: Workflow): boolean =>
  triggers.has("release") || at(triggers.get("push"), "tags") !== undefined;

export const triggerLine = ({ root, triggers }: Workflow, event: string): number => {
  const on = at(root, "on");
  const entry = on?.kind === "map" ? on.entries.find(({ key }) => key === event) : undefined;
  const settings: Node | undefined = triggers.get(event);
  return entry?.line ?? settings?.line ?? on?.line ?? 1;
};
