import { readFile, rm } from "node:fs/promises";
import { describeTracker, type PersonsEdit } from "../tracker-contract.ts";
import { openTicketFolder, ticketText } from "./testing/ticket-folder-scene.ts";

const words: Readonly<Record<Exclude<PersonsEdit, "delete">, string>> = {
  mark: "Ready",
  unmark: "Draft",
  complete: "Done",
  cancel: "Cancelled",
};

describeTracker("A folder of Markdown files", {
  readsAs: { "awaiting-approval": "planning" },
  open: async () => {
    const scene = await openTicketFolder();
    const fileOf = (id: string): string => `${id.slice("folder:tickets/".length)}.md`;
    return {
      tracker: scene.tracker,
      project: scene.project,
      addTicket: async ({ identifier, title, description = "", marked = true, blockedBy = [] }) => {
        const status = marked ? "Ready" : "Draft";
        const fields = { id: identifier, title, status, blocked_by: `[${blockedBy.join(", ")}]` };
        await scene.write(`${identifier}.md`, ticketText(fields, description));
        return `folder:tickets/${identifier}`;
      },
      editByPerson: async (id, edit) => {
        const file = fileOf(id);
        if (edit === "delete") return rm(scene.path(file));
        const text = await readFile(scene.path(file), "utf8");
        await scene.write(file, text.replace(/^status: .*$/m, `status: ${words[edit]}`));
      },
      comments: async (id) =>
        (await scene.sidecar(id.slice("folder:tickets/".length))).comments.map(({ body }) => body),
      close: scene.close,
    };
  },
});
