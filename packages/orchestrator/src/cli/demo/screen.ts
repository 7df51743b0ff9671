import type { StepReport } from "@ai-implement/contracts";
import type { Colors, Formatter } from "picocolors/types.js";
import { oneLine } from "../../core/messages/foreign.ts";
import type { DemoView, RunView, TicketView } from "./view.ts";

const marks = { working: "●", waiting: "○", review: "◆", merged: "✔" } as const;

/**
 * One frame of the demo, as lines of at most `width` characters (40 or more): one that wrapped would be counted as
 * one and drawn over as one. Pure: what is shown follows from the view and the width alone. What agents and tickets
 * say cannot move the cursor.
 */
export const renderFrame = (view: DemoView, colors: Colors, width: number): readonly string[] =>
  view.tickets.flatMap((ticket) => ["", ...ticketLines(ticket, view.now, colors, width)]);

const ticketLines = (ticket: TicketView, now: number, colors: Colors, width: number): readonly string[] => {
  const paint = {
    working: colors.cyan,
    waiting: colors.yellow,
    review: colors.magenta,
    merged: colors.green,
  }[ticket.state];
  const name = clip(oneLine(ticket.identifier), width - 5);
  const title = clip(oneLine(ticket.title), width - name.length - 5);
  const note = ticket.runs.length > 0 && ticket.state === "working" ? [] : [ticket.note];
  return [
    `  ${paint(marks[ticket.state])} ${colors.bold(name)} ${title}`,
    ...ticket.runs.flatMap((run) => [runLine(run, now, colors, width), ...objections(run, colors, width)]),
    ...note.map((line) => colors.dim(`      ${clip(oneLine(line), width - 8)}`)),
    ...ticket.runs
      .filter(({ run }) => run.endedAt === undefined)
      .map((run) => activityLine(run, colors, width)),
  ];
};

const runLine = ({ run, steps }: RunView, now: number, colors: Colors, width: number): string => {
  // Its rounds are steps of their own.
  const words = steps.filter(({ name }) => name !== "feedback-loop").map((step) => stepWord(step, colors));
  const seconds = ((run.endedAt ?? now) - run.admittedAt) / 1000;
  const head = `      ${run.phase.padEnd(9)} ${`${seconds.toFixed(1)} s`.padStart(7)}  `;
  const shown = lastThatFit(words, width - head.length - 2);
  const painted = shown.map(({ text, paint }) => paint(text));
  return `${colors.dim(head)}${shown.length < words.length ? "… " : ""}${painted.join(" ")}`;
};

interface StepWord {
  readonly text: string;
  readonly paint: Formatter;
}

/** The last ones, with a space between them: where a run is now says more than where it began. */
const lastThatFit = (words: readonly StepWord[], width: number): readonly StepWord[] => {
  const shown: StepWord[] = [];
  let room = width;
  for (const word of [...words].reverse()) {
    if (word.text.length > room) break;
    shown.unshift(word);
    room -= word.text.length + 1;
  }
  return shown;
};

/** What a reviewer sent back: the part of the story that a list of steps does not tell. */
const objections = ({ steps }: RunView, colors: Colors, width: number): readonly string[] =>
  steps
    .filter(({ name, detail }) => name.startsWith("review ") && detail !== undefined && detail !== "approved")
    .map(({ name, detail = "" }) => {
      const text = oneLine(`${name}: ${detail.replace(/^- /, "")}`);
      return colors.yellow(`                ↺ ${clip(text, width - 18)}`);
    });

const stepWord = ({ name, status }: StepReport, colors: Colors): StepWord => {
  const text = oneLine(name);
  switch (status) {
    case "running":
      return { text: `${text}…`, paint: colors.cyan };
    case "succeeded":
      return { text, paint: colors.green };
    case "failed":
      return { text: `${text} ✗`, paint: colors.red };
    case "skipped":
      return { text, paint: colors.dim };
  }
};

const activityLine = ({ run, activity }: RunView, colors: Colors, width: number): string => {
  const text = run.report !== undefined ? "opening the pull request" : (activity ?? "starting the runner");
  return colors.dim(`                ↳ ${clip(oneLine(text), width - 20)}`);
};

const clip = (text: string, length: number): string => {
  if (length <= 0) return "";
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
};
