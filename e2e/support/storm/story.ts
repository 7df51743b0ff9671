import { seededRandom } from "../seeded-random.ts";

/** What a person does to the pull request of one ticket. */
export type Act =
  | { readonly kind: "talk"; readonly by: string; readonly body: string }
  /** `/ai-implement <words>` */
  | { readonly kind: "command"; readonly by: string; readonly words: string }
  /** Talk at first, and a command by its last edit. */
  | { readonly kind: "edit-into-command"; readonly by: string; readonly words: string }
  /** The newest command says something else from now on. */
  | { readonly kind: "edit-command"; readonly words: string }
  | { readonly kind: "delete-comment" }
  | {
      readonly kind: "review";
      readonly by: string;
      readonly verdict: "approved" | "changes_requested" | "commented";
      readonly body?: string;
      readonly inline?: readonly string[];
    }
  | { readonly kind: "check"; readonly conclusion: "success" | "failure" | null }
  | { readonly kind: "push" }
  | { readonly kind: "merge" }
  | { readonly kind: "close" }
  | { readonly kind: "reopen" }
  /** Not on GitHub: the ticket is marked again in its tracker. */
  | { readonly kind: "mark-again" };

/** How the job of an attempt ends: it reports, it leaves its result as an artifact only, or it dies without one. */
export type JobEnd = "reports" | "leaves-artifact" | "dies";

interface Round {
  /** By the ticket's place, from 0. Those of one ticket happen at once. */
  readonly acts: ReadonlyMap<number, readonly Act[]>;
  /** False: jobs stay where they are until the next round. */
  readonly jobsWork: boolean;
}

export interface Story {
  readonly tickets: number;
  readonly rounds: readonly Round[];
  /** By `ACME-1 revise 1`: identifier, phase, attempt. */
  readonly jobEnds: ReadonlyMap<string, JobEnd>;
}

export const [writer, owner, stranger, robot] = ["ada", "grace", "mallory", "dependabot[bot]"] as const;

const command = (words: string, by: string = writer): Act => ({ kind: "command", by, words });
const talk = (body: string, by: string = writer): Act => ({ kind: "talk", by, body });
const approval: Act = { kind: "review", by: owner, verdict: "approved" };
const refusal: Act = {
  kind: "review",
  by: writer,
  verdict: "changes_requested",
  body: "No tests.",
  inline: ["Why this?", "And this?"],
};
const strangersReview: Act = { ...refusal, by: stranger, body: "I would not." };
const check = (conclusion: "success" | "failure" | null): Act => ({ kind: "check", conclusion });
const [push, merge, close, reopen, markAgain] = (
  ["push", "merge", "close", "reopen", "mark-again"] as const
).map((kind): Act => ({ kind })) as [Act, Act, Act, Act, Act];

const rounds = (
  ...all: readonly (readonly [jobs: "work" | "wait", ...acts: readonly (readonly Act[])[]])[]
): readonly Round[] =>
  all.map(([jobs, ...acts]) => ({ acts: new Map(acts.entries()), jobsWork: jobs === "work" }));

/** Everything that a pull request sees in its life, once each: one column for each ticket. */
export const wholeStory: Story = {
  tickets: 8,
  jobEnds: new Map([
    ["ACME-2 revise 1", "dies"],
    ["ACME-7 implement 1", "leaves-artifact"],
    ["ACME-4 revise 1", "leaves-artifact"],
  ]),
  rounds: rounds(
    [
      "work",
      [talk("Nice."), talk("Who are you?", stranger), approval, check(null), check("success")],
      [command("also round the sum")],
      [command("delete it all", stranger), command("delete more", stranger), command("bump", robot)],
      [refusal],
      [approval, check("success")],
      [{ kind: "edit-into-command", by: writer, words: "name it better" }],
      [command("first"), command("second", owner)],
      [close],
    ],
    [
      "wait",
      [push, check("failure")],
      [{ kind: "edit-command", words: "round nothing at all" }, talk("As I said.")],
      [command("explain it")],
      [strangersReview, command("almost there")],
      [merge],
      [command("once more")],
      [close],
      [markAgain],
    ],
    [
      "work",
      [{ kind: "delete-comment" }],
      [{ kind: "review", by: owner, verdict: "commented", body: "/ai-implement in a review" }],
      [command("while you are at it"), strangersReview],
      [close],
      [talk("Too late."), command("too late")],
      [merge],
      [reopen],
      [],
    ],
    [
      "work",
      [approval, push],
      [merge],
      [{ kind: "delete-comment" }, push, command("after my push")],
      [command("on a closed one")],
      [],
      [],
      [markAgain],
      [command("in the new one")],
    ],
    ["work", [command("at last")], [], [refusal], [markAgain], [], [], [close], [merge]],
  ),
};

const everyday: readonly (() => readonly Act[])[] = [
  () => [],
  () => [talk("Hm.")],
  () => [command("change it")],
  () => [command("change it", owner), talk("Please.")],
  () => [command("break it", stranger), command("bump", robot)],
  () => [{ kind: "edit-into-command", by: owner, words: "after second thoughts" }],
  () => [{ kind: "edit-command", words: "never mind" }],
  () => [{ kind: "delete-comment" }],
  () => [refusal],
  () => [strangersReview],
  () => [approval, check("success")],
  () => [push, check("failure")],
];

const endings: readonly (() => readonly Act[])[] = [
  () => [merge],
  () => [close],
  () => [reopen],
  () => [markAgain],
];

/** Another one for each seed. What a person cannot do where a pull request stands by then is left out when it is played. */
export const randomStory = (seed: number): Story => {
  const random = seededRandom(seed);
  const pick = <Value>(from: readonly Value[]): Value | undefined => from[Math.floor(random() * from.length)];
  const tickets = 4;
  const round = (): Round => ({
    acts: new Map(
      Array.from({ length: tickets }, (_, index) => [
        index,
        (random() < 0.25 ? pick(endings) : pick(everyday))?.() ?? [],
      ]),
    ),
    jobsWork: random() < 0.6,
  });
  const drawn = Array.from({ length: 5 }, round);
  const ends: readonly JobEnd[] = ["dies", "leaves-artifact", "reports", "reports"];
  return {
    tickets,
    rounds: [...drawn, { acts: new Map(), jobsWork: true }],
    jobEnds: new Map(
      Array.from({ length: tickets }, (_, index) => [`ACME-${index + 1} revise 1`, pick(ends) ?? "reports"]),
    ),
  };
};
