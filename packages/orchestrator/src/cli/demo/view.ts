import type { StepReport } from "@ai-implement/contracts";
import type { Run } from "../../core/run.ts";
import type { Instant } from "../../core/time.ts";
import type { KnownTicket, Store } from "../../ports/store.ts";

/** One run as the demo's screen shows it. */
export interface RunView {
  readonly run: Run;
  readonly steps: readonly StepReport[];
  readonly activity: string | null;
}

export interface TicketView {
  readonly identifier: string;
  readonly title: string;
  readonly state: "working" | "waiting" | "review" | "merged";
  /** The decision in its own words, or what was merged. */
  readonly note: string;
  readonly runs: readonly RunView[];
}

export interface DemoView {
  readonly tickets: readonly TicketView[];
  readonly now: Instant;
}

const runsShown = 20;

/** Everything on the screen comes from the store, as it would in the admin UI. */
export const demoView = async (store: Store, now: Instant): Promise<DemoView> => {
  const known = [...(await store.listKnownTickets())].sort((a, b) =>
    a.ticket.identifier < b.ticket.identifier ? -1 : 1,
  );
  const lines = (await store.listRuns({ limit: runsShown })).items;
  const tickets = await Promise.all(
    known.map(async (entry) => {
      const mine = lines.filter(({ run }) => run.ticket.id === entry.ticket.id).reverse();
      const runs = await Promise.all(mine.map(async ({ run }) => runView(store, run)));
      return ticketView(store, entry, runs);
    }),
  );
  return { tickets, now };
};

const runView = async (store: Store, run: Run): Promise<RunView> => {
  const details = await store.runDetails(run.id);
  return { run, steps: details?.steps ?? [], activity: details?.activity ?? null };
};

const ticketView = async (
  store: Store,
  { ticket, sight, decision }: KnownTicket,
  runs: readonly RunView[],
): Promise<TicketView> => {
  const { identifier, title } = ticket;
  const opened = await store.findPullRequest(ticket.id);
  if (opened?.pullRequest.state === "merged")
    return {
      identifier,
      title,
      runs,
      state: "merged",
      note: `pull request #${opened.pullRequest.number} merged`,
    };
  if (opened !== null)
    return {
      identifier,
      title,
      runs,
      state: "review",
      note: `pull request #${opened.pullRequest.number} is open`,
    };
  const working = decision?.kind === "dispatch" || decision?.reason === "in-flight";
  const note = sight === "unmarked" ? "not marked" : (decision?.explanation ?? "not looked at yet");
  return { identifier, title, runs, state: working ? "working" : "waiting", note };
};
