import { describeTracker, type PersonsEdit } from "../../adapters/tracker/tracker-contract.ts";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import { createWorldTracker } from "./world-tracker.ts";

describeTracker("the tests' own tracker", {
  readsAs: { "awaiting-approval": "planning" },
  async open() {
    const tracker = createWorldTracker();
    const edits: Record<PersonsEdit, (id: string) => void> = {
      mark: (id) => {
        tracker.edit(id, { stage: "marked" });
        tracker.mark(id, true);
      },
      unmark: (id) => tracker.mark(id, false),
      complete: (id) => tracker.edit(id, { lifecycle: "completed" }),
      cancel: (id) => tracker.edit(id, { lifecycle: "cancelled" }),
      delete: (id) => tracker.remove(id),
    };
    return {
      tracker,
      project: aProject(),
      async addTicket({ marked = true, blockedBy = [], ...fields }) {
        const ticket = aTicket(fields);
        tracker.add(
          ticket,
          blockedBy.map((identifier) => aTicket({ identifier }).id),
        );
        tracker.mark(ticket.id, marked);
        return ticket.id;
      },
      editByPerson: async (id, edit) => edits[edit](id),
      comments: async (id) =>
        tracker.comments.filter(({ ticketId }) => ticketId === id).map(({ body }) => body),
      close: async () => undefined,
    };
  },
});
