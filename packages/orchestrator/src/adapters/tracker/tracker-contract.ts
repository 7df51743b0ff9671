import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Project } from "../../core/project.ts";
import { ticketRef } from "../../core/runs/effects.ts";
import { type Stage, stages, type Ticket, type TicketId, type WantedStage } from "../../core/ticket.ts";
import type { Tracker } from "../../ports/tracker.ts";

export interface NewTicket {
  readonly identifier: string;
  readonly title: string;
  readonly description?: string;
  /** Default true. */
  readonly marked?: boolean;
  /** Identifiers of tickets that were added before. */
  readonly blockedBy?: readonly string[];
}

/** What a person does to a ticket, outside of us. */
export type PersonsEdit = "mark" | "unmark" | "complete" | "cancel" | "delete";

/** One tracker with one project, and a person's hands on it. */
export interface TrackerUnderTest {
  readonly tracker: Tracker;
  readonly project: Project;
  addTicket(ticket: NewTicket): Promise<TicketId>;
  editByPerson(id: TicketId, edit: PersonsEdit): Promise<void>;
  /** Bodies, oldest first, as a person reads them in the tracker. */
  comments(id: TicketId): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface TrackerHarness {
  open(): Promise<TrackerUnderTest>;
  /** Where the tracker shows a stage as another one (§7.1): Linear has no failed, the folder no awaiting-approval. */
  readonly readsAs?: Partial<Record<WantedStage, Stage>>;
}

const wantedStages: readonly WantedStage[] = [...stages, "awaiting-approval", "cleared"];

/** What every tracker owes the core (§5.2, §7, §9), whichever vendor is behind it. */
export const describeTracker = (name: string, harness: TrackerHarness): void => {
  describe(`${name} as a tracker`, () => {
    let scene: TrackerUnderTest;
    beforeEach(async () => {
      scene = await harness.open();
    });
    afterEach(async () => {
      await scene.close();
    });

    const listed = async (): Promise<readonly Ticket[]> => {
      const { tickets, problems } = await scene.tracker.listMarked([scene.project]);
      expect(problems).toEqual([]);
      return tickets;
    };
    const lookUp = async (id: TicketId) => {
      const found = await scene.tracker.lookUp([id], [scene.project]);
      expect([...found.keys()]).toEqual([id]);
      return found.get(id) ?? null;
    };
    const seen = async (id: TicketId): Promise<Ticket> => {
      const found = await lookUp(id);
      if (found === null) throw new Error(`${id} is gone`);
      return found.ticket;
    };
    const setStage = async (id: TicketId, stage: WantedStage, key: string = stage): Promise<void> =>
      scene.tracker.apply({ kind: "stage", ticket: ticketRef(await seen(id)), stage }, `stage:${key}`);
    const comment = async (id: TicketId, body: string, key: string): Promise<void> =>
      scene.tracker.apply({ kind: "comment", ticket: ticketRef(await seen(id)), body }, key);

    test("§5.2 lists every marked ticket of the project, with what its author wrote", async () => {
      const id = await scene.addTicket({
        identifier: "ACME-1",
        title: "A title",
        description: "Words\n\n- one",
      });
      expect(await listed()).toEqual([
        expect.objectContaining({
          id,
          identifier: "ACME-1",
          title: "A title",
          description: "Words\n\n- one",
          scope: scene.project.key,
          tracker: scene.tracker.kind,
          stage: "marked",
          lifecycle: "active",
          planApproved: false,
          blockedBy: [],
        }),
      ]);
    });

    test("§5.2 lists blocked tickets too, with their open blockers", async () => {
      await scene.addTicket({ identifier: "ACME-1", title: "First" });
      await scene.addTicket({ identifier: "ACME-2", title: "Second", blockedBy: ["ACME-1"] });
      const tickets = await listed();
      const blockers = tickets.map(({ identifier, blockedBy }) => [
        identifier,
        blockedBy.map((blocker) => blocker.identifier),
      ]);
      expect(blockers.sort()).toEqual([
        ["ACME-1", []],
        ["ACME-2", ["ACME-1"]],
      ]);
    });

    test.each(["complete", "cancel"] as const)("§7.2 a blocker does not block after: %s", async (edit) => {
      const blocker = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      const blocked = await scene.addTicket({ identifier: "ACME-2", title: "Second", blockedBy: ["ACME-1"] });
      await scene.editByPerson(blocker, edit);
      expect((await seen(blocked)).blockedBy).toEqual([]);
      expect((await listed()).map(({ id }) => id)).toEqual([blocked]);
    });

    test("§7.1 a merged blocker no longer blocks", async () => {
      const blocker = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      const blocked = await scene.addTicket({ identifier: "ACME-2", title: "Second", blockedBy: ["ACME-1"] });
      await setStage(blocker, "merged");
      expect((await seen(blocked)).blockedBy).toEqual([]);
      expect((await seen(blocker)).lifecycle).toBe("completed");
    });

    test("§5.2 an unmarked ticket is not listed, and is an open blocker all the same", async () => {
      await scene.addTicket({ identifier: "ACME-1", title: "Not for us", marked: false });
      const blocked = await scene.addTicket({ identifier: "ACME-2", title: "Second", blockedBy: ["ACME-1"] });
      const tickets = await listed();
      expect(tickets.map(({ id }) => id)).toEqual([blocked]);
      expect(tickets[0]?.blockedBy.map(({ identifier }) => identifier)).toEqual(["ACME-1"]);
    });

    test.each(wantedStages)("§7.1 the stage %s is read back as it was written", async (stage) => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      await setStage(id, stage);
      await setStage(id, stage);
      const expected = harness.readsAs?.[stage] ?? (stage === "cleared" ? "marked" : stage);
      expect((await seen(id)).stage).toBe(expected);
    });

    test("§7.1 the stages of a whole life follow each other", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      for (const stage of ["planning", "plan-complete", "implementing", "pr-open"] as const) {
        await setStage(id, stage);
        expect((await listed()).map((ticket) => ticket.stage)).toEqual([stage]);
      }
      await setStage(id, "merged");
      expect(await listed()).toEqual([]);
    });

    test("§7.1 a ticket that failed and is marked again reads as marked", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      await setStage(id, "implementing");
      await setStage(id, "implementing-failed");
      await scene.editByPerson(id, "unmark");
      await lookUp(id);
      await scene.editByPerson(id, "mark");
      expect((await listed()).map(({ stage }) => stage)).toEqual(["marked"]);
    });

    test("§9 the same key twice is one comment; another key is another one, in order", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      await comment(id, "Here is the plan", "comment:1");
      await comment(id, "Here is the plan", "comment:1");
      await comment(id, "Here is the plan", "comment:2");
      await comment(id, "Here is the pull request", "comment:3");
      expect(await scene.comments(id)).toEqual([
        "Here is the plan",
        "Here is the plan",
        "Here is the pull request",
      ]);
    });

    test("§7.1 looking up tells marked, unmarked, completed, cancelled and gone apart", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      expect(await lookUp(id)).toMatchObject({ marked: true, ticket: { lifecycle: "active" } });
      await scene.editByPerson(id, "unmark");
      expect(await lookUp(id)).toMatchObject({ marked: false, ticket: { lifecycle: "active" } });
      await scene.editByPerson(id, "complete");
      expect(await lookUp(id)).toMatchObject({ ticket: { lifecycle: "completed" } });
      await scene.editByPerson(id, "cancel");
      expect(await lookUp(id)).toMatchObject({ ticket: { lifecycle: "cancelled" } });
      await scene.editByPerson(id, "delete");
      expect(await lookUp(id)).toBeNull();
    });

    test("§7.1 a stage that was decided before a person unmarked the ticket does not mark it again", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      const reference = ticketRef(await seen(id));
      await scene.editByPerson(id, "unmark");
      for (const stage of ["implementing", "pr-open", "cleared"] as const) {
        await scene.tracker.apply({ kind: "stage", ticket: reference, stage }, `stage:${stage}`);
        expect(await lookUp(id)).toMatchObject({ marked: false });
      }
    });

    test("§7.1 clearing leaves the person's mark standing", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      await setStage(id, "planning");
      await setStage(id, "cleared");
      expect((await listed()).map(({ stage }) => stage)).toEqual(["marked"]);
    });

    test("§9 ten changes to one ticket at once lose nothing", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      const reference = ticketRef(await seen(id));
      const bodies = Array.from({ length: 9 }, (_, index) => `Comment ${index}`);
      await Promise.all([
        ...bodies.map((body) => scene.tracker.apply({ kind: "comment", ticket: reference, body }, body)),
        scene.tracker.apply({ kind: "stage", ticket: reference, stage: "planning" }, "stage"),
      ]);
      expect([...(await scene.comments(id))].sort()).toEqual(bodies);
      expect((await seen(id)).stage).toBe("planning");
    });

    test("§9 a ticket that was deleted refuses a write for good", async () => {
      const id = await scene.addTicket({ identifier: "ACME-1", title: "First" });
      const reference = ticketRef(await seen(id));
      await scene.editByPerson(id, "delete");
      const write = scene.tracker.apply(
        { kind: "comment", ticket: reference, body: "Too late" },
        "comment:1",
      );
      await expect(write).rejects.toMatchObject({ name: "DeliveryError", retryable: false });
    });

    test("§7 settings that are right have no problems", async () => {
      const findings = await scene.tracker.check(scene.project);
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ problem }) => problem !== null)).toEqual([]);
      expect((await scene.tracker.check(null)).filter(({ problem }) => problem !== null)).toEqual([]);
    });
  });
};
