import type { LinearWorkspace } from "@ai-implement/emulators/linear/api.ts";
import { describe } from "vitest";
import { describeTracker, type PersonsEdit } from "../tracker-contract.ts";
import { issueOf, linearSchema, openLinear } from "./testing/linear-scene.ts";
import { ticketIdOf } from "./ticket-id.ts";

const edits: Readonly<Record<PersonsEdit, (workspace: LinearWorkspace, issueId: string) => void>> = {
  mark: (workspace, issueId) => workspace.label(issueId, ["AI-Implement"]),
  unmark: (workspace, issueId) => workspace.unlabel(issueId, ["AI-Implement"]),
  complete: (workspace, issueId) => workspace.moveToState(issueId, "completed"),
  cancel: (workspace, issueId) => workspace.moveToState(issueId, "canceled"),
  delete: (workspace, issueId) => workspace.deleteIssue(issueId),
};

describe.skipIf(linearSchema === null)("§7 on Linear's own schema", () => {
  describeTracker("Linear", {
    readsAs: {
      "awaiting-approval": "plan-complete",
      "planning-failed": "marked",
      "implementing-failed": "marked",
    },
    open: async () => {
      const scene = await openLinear();
      const { workspace } = scene.emulator;
      return {
        tracker: scene.tracker,
        project: scene.project,
        addTicket: ({ identifier, title, description = "", marked = true, blockedBy = [] }) => {
          const labels = marked ? ["AI-Implement"] : [];
          const issue = workspace.addIssue({ teamKey: "ACME", title, description, labels });
          if (issue.identifier !== identifier) throw new Error(`${identifier} became ${issue.identifier}`);
          for (const blocker of blockedBy) workspace.block(blocker, identifier);
          return Promise.resolve(ticketIdOf(issue.id));
        },
        editByPerson: (id, what) => Promise.resolve(edits[what](workspace, issueOf({ id }))),
        comments: (id) => Promise.resolve(workspace.comments(issueOf({ id }))),
        close: scene.close,
      };
    },
  });
});
