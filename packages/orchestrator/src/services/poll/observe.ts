import type { TrackerFailure } from "../../core/dispatch/snapshot.ts";
import type { Project } from "../../core/project.ts";
import type { Ticket, TicketProblem, TrackerKind } from "../../core/ticket.ts";
import { type Instant, seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KnownTicket } from "../../ports/store.ts";
import type { Sighting, Tracker } from "../../ports/tracker.ts";
import { messageOf, withTimeout } from "../timeout.ts";

export interface Observed {
  /** Every marked ticket: freshly read, or as last known where its tracker fails. */
  readonly tickets: readonly Ticket[];
  readonly problems: readonly TicketProblem[];
  readonly failing: ReadonlyMap<TrackerKind, TrackerFailure>;
}

/** Reads every tracker in parallel; one that fails or hangs delays nobody and keeps its previous knowledge (§6.1). */
export interface Observer {
  look(projects: readonly Project[], known: readonly KnownTicket[]): Promise<Observed>;
}

/** How long a cycle waits for a tracker that it has just asked. A slower answer is taken by the next cycle. */
const patienceMs = seconds(10);
/** Longer than any single request of an adapter, so that its own error comes first. */
const timeoutMs = seconds(60);

type Answer =
  | { readonly kind: "seen"; readonly sighting: Sighting }
  | { readonly kind: "failed"; readonly error: string };

interface Question {
  readonly askedAt: Instant;
  /** Never rejects. */
  readonly answer: Promise<Answer>;
}

export const createObserver = (trackers: ReadonlyMap<TrackerKind, Tracker>, clock: Clock): Observer => {
  const open = new Map<TrackerKind, Question>();
  let failing: ReadonlyMap<TrackerKind, TrackerFailure> = new Map();

  /** One question at a time to each tracker: one that hangs is waited for once, and not asked again meanwhile. */
  const askOne = async (kind: TrackerKind, projects: readonly Project[]): Promise<Answer> => {
    const asked = open.get(kind);
    const question = asked ?? { askedAt: clock.now(), answer: ask(trackers.get(kind), kind, projects) };
    open.set(kind, question);
    const answer = await inTime(question.answer, asked === undefined ? patienceMs : 0);
    if (answer !== null) {
      open.delete(kind);
      return answer;
    }
    const waited = Math.round((clock.now() - question.askedAt) / 1000);
    return { kind: "failed", error: `The ${kind} tracker has not answered for ${waited} s` };
  };

  return {
    async look(projects, known) {
      const kinds = [...new Set(projects.map((project) => project.ticketing.kind))];
      const answers = await Promise.all(
        kinds.map(async (kind) => ({
          kind,
          answer: await askOne(
            kind,
            projects.filter((project) => project.ticketing.kind === kind),
          ),
        })),
      );
      const tickets = new Map<string, Ticket>();
      const problems: TicketProblem[] = [];
      const failures = new Map<TrackerKind, TrackerFailure>();
      for (const { kind, answer } of answers) {
        if (answer.kind === "failed")
          failures.set(kind, { since: failing.get(kind)?.since ?? clock.now(), error: answer.error });
        else problems.push(...answer.sighting.problems);
        const seen = answer.kind === "seen" ? answer.sighting.tickets : rememberedOf(kind, known);
        for (const ticket of seen) tickets.set(ticket.id, ticket);
      }
      failing = failures;
      return { tickets: [...tickets.values()], problems, failing };
    },
  };
};

const ask = async (
  tracker: Tracker | undefined,
  kind: TrackerKind,
  projects: readonly Project[],
): Promise<Answer> => {
  if (tracker === undefined)
    return {
      kind: "failed",
      error: `No ${kind} tracker is configured, but a project uses it: see \`ai-implement config\`.`,
    };
  try {
    const looking = tracker.listMarked(projects);
    return { kind: "seen", sighting: await withTimeout(looking, timeoutMs, `The ${kind} tracker`) };
  } catch (error) {
    return { kind: "failed", error: messageOf(error) };
  }
};

/** Null: not within `ms`. */
export const inTime = async <Value>(answer: Promise<Value>, ms: number): Promise<Value | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

const rememberedOf = (kind: TrackerKind, known: readonly KnownTicket[]): readonly Ticket[] =>
  known
    .filter(({ ticket, sight }) => ticket.tracker === kind && sight !== "unmarked")
    .map(({ ticket }) => ticket);
