import { takenUpComment, takenUpMarker, waitsComment, waitsMarker } from "../messages/review.ts";
import type { Project, Repository } from "../project.ts";
import type { EffectIntent, EffectKey, Reaction } from "../runs/effects.ts";
import type { Ticket, TicketId } from "../ticket.ts";
import type { Instant } from "../time.ts";
import { type Feedback, type FeedbackKind, readyAt, requestIn } from "./feedback.ts";
import { refusalKey } from "./refusals.ts";
import type { Remark } from "./remark.ts";

/** The pull request that remarks stand on, as our store knows it (§11.7). */
export interface Reviewed {
  readonly ticketId: TicketId;
  readonly repository: Repository;
  readonly number: number;
  readonly head: string;
}

/** What decides whether a request is taken up now. */
export interface ReviewSurroundings {
  /** Undefined: the ticket is not known any more. */
  readonly ticket: Ticket | undefined;
  readonly isMarked: boolean;
  readonly project: Project | undefined;
}

export interface Judgement {
  readonly feedback: readonly Feedback[];
  /** A reaction or a reply for each request: it was taken, or why not. */
  readonly effects: readonly EffectIntent[];
}

/** Of all forges and repositories. */
export const feedbackId = ({ forge, owner, name }: Repository, remarkId: string): string =>
  `${forge}:${owner}/${name}:${remarkId}`.toLowerCase();

/** Who asks for something among these, each once: what has to be known of them is whether they may. */
export const askersIn = (remarks: readonly Remark[]): readonly string[] => [
  ...new Set(remarks.filter((remark) => requestIn(remark) !== null).map(({ author }) => author)),
];

/** What is new among these, from people who may change the repository. Judged again, it comes to the same. */
export const judgeRemarks = (
  remarks: readonly Remark[],
  reviewed: Reviewed,
  known: ReadonlySet<string>,
  writers: ReadonlySet<string>,
  surroundings: ReviewSurroundings,
  now: Instant,
): Judgement => {
  const feedback: Feedback[] = [];
  const effects: EffectIntent[] = [];
  const refused = new Map<EffectKey, EffectIntent>();
  const taken: Remark[] = [];
  for (const remark of remarks) {
    const request = requestIn(remark);
    const id = feedbackId(reviewed.repository, remark.id);
    if (request === null || known.has(id)) continue;
    if (!writers.has(remark.author)) {
      // Strangers talk among themselves as they like; only who orders us about is told.
      if (request.kind === "command" && remark.kind !== "review") refuse(reviewed, remark, refused);
      continue;
    }
    feedback.push(feedbackOf(reviewed, remark, request, id, now));
    taken.push(remark);
    if (remark.kind !== "review") effects.push(reaction(reviewed, remark, "taken", `react:${id}:taken`));
  }
  return {
    feedback,
    effects: [...effects, ...replies(reviewed, taken, surroundings), ...refused.values()],
  };
};

/** The first one in each place is told. */
const refuse = (reviewed: Reviewed, remark: Remark, refused: Map<EffectKey, EffectIntent>): void => {
  const key = refusalKey(feedbackId(reviewed.repository, `#${reviewed.number}`), remark);
  if (!refused.has(key)) refused.set(key, reaction(reviewed, remark, "refused", key));
};

const feedbackOf = (
  { ticketId, repository, number }: Reviewed,
  { author, path, line, url }: Remark,
  { kind, body }: { readonly kind: FeedbackKind; readonly body: string },
  id: string,
  now: Instant,
): Feedback => ({
  id,
  ticketId,
  repository,
  pullRequest: number,
  kind,
  author,
  body,
  ...(path === undefined ? {} : { path }),
  ...(line === undefined ? {} : { line }),
  url,
  receivedAt: now,
  readyAt: readyAt(kind, now),
});

const reaction = (
  { ticketId, repository }: Reviewed,
  { id }: Remark,
  wanted: Reaction,
  key: EffectKey,
): EffectIntent => ({
  key,
  ticketId,
  runId: null,
  effect: { kind: "react", repository, remarkId: id, reaction: wanted },
});

/** Forges have no reactions to a review as a whole; and what cannot be taken up now needs a sentence. */
const replies = (
  reviewed: Reviewed,
  taken: readonly Remark[],
  surroundings: ReviewSurroundings,
): readonly EffectIntent[] => {
  const [first] = taken;
  if (first === undefined) return [];
  const why = whyItWaits(surroundings);
  if (why !== null) return [reply(reviewed, first, waitsMarker, waitsComment(why))];
  const reviewers = taken.filter(({ kind }) => kind === "review").map(({ author }) => author);
  return reviewers.length === 0 ? [] : [reply(reviewed, first, takenUpMarker, takenUpComment(reviewers))];
};

const whyItWaits = ({ ticket, isMarked, project }: ReviewSurroundings): string | null => {
  if (project === undefined) return "Its project was removed from AI-Implement.";
  if (project.paused) return "The project is paused: this is taken up once it is resumed.";
  if (ticket === undefined || !isMarked)
    return "The ticket is not marked for AI-Implement any more: this is taken up once somebody marks it again.";
  return null;
};

const reply = (
  { ticketId, repository, head }: Reviewed,
  remark: Remark,
  marker: string,
  body: string,
): EffectIntent => ({
  key: `pull-request-comment:${feedbackId(repository, remark.id)}:${marker === waitsMarker ? "waits" : "taken-up"}`,
  ticketId,
  runId: null,
  effect: { kind: "comment-pull-request", repository, head, marker, body },
});
