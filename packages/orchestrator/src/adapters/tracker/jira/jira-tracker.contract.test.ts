import { describe } from "vitest";
import { describeTracker, type PersonsEdit } from "../tracker-contract.ts";
import { markdownToAdf } from "./adf/from-markdown.ts";
import { jiraOpenApi, openJiraScene, repoField, statusField, ticketIdOf } from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("over Jira's own description", () => {
  describeTracker("Jira", {
    readsAs: { "awaiting-approval": "planning" },
    open: async () => {
      const scene = await openJiraScene();
      const { site } = scene.emulator;
      const issueOf = (id: string): string => id.slice("jira:".length);
      return {
        tracker: scene.tracker,
        project: scene.project,
        addTicket: async ({ identifier, title, description = "", marked = true, blockedBy = [] }) => {
          const issue = site.addIssue({
            projectKey: "ACME",
            summary: title,
            description: markdownToAdf(description),
            fields: { [repoField]: "shop", ...(marked ? { [statusField]: "Ready" } : {}) },
          });
          if (issue.key !== identifier) throw new Error(`${identifier} became ${issue.key}`);
          for (const blocker of blockedBy) site.block(blocker, issue.key);
          return ticketIdOf(issue);
        },
        editByPerson: async (id, edit: PersonsEdit) => {
          const issue = issueOf(id);
          switch (edit) {
            case "mark":
              return site.setField(issue, statusField, "Ready");
            case "unmark":
              return site.setField(issue, statusField, null);
            case "complete":
              return site.setStatus(issue, "Done");
            case "cancel":
              return site.setStatus(issue, "Done", "Won't Do");
            case "delete":
              return site.deleteIssue(issue);
          }
        },
        comments: async (id) => scene.comments(issueOf(id)),
        close: scene.close,
      };
    },
  });
});
