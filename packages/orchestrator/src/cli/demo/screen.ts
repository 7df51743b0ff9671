import type { StepReport } from "@ai-implement/contracts";
import type { Colors } from "picocolors/types.js";
import { oneLine } from "../../core/messages/foreign.ts";
import type { DemoView, RunView, TicketView } from "./view.ts";

const marks = { working: "●", waiting: "○", review: "◆", merged: "✔" } as const;

/**
 * One frame of the demo, as lines. Pure: what is shown follows from the view and the width alone. What agents and
 * tickets say cannot move the cursor.
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
  const title = clip(oneLine(ticket.title), width - ticket.identifier.length - 6);
  const note = ticket.runs.length > 0 && ticket.state === "working" ? [] : [ticket.note];
  return [
    `  ${paint(marks[ticket.state])} ${colors.bold(ticket.identifier)} ${title}`,
    ...ticket.runs.flatMap((run) => [runLine(run, now, colors, width), ...objections(run, colors, width)]),
    ...note.map((line) => colors.dim(`      ${clip(oneLine(line), width - 8)}`)),
    ...ticket.runs
      .filter(({ run }) => run.endedAt === undefined)
      .map((run) => activityLine(run, colors, width)),
  ];
};

const runLine = ({ run, steps }: RunView, now: number, colors: Colors, width: number): string => {
  // Its rounds are steps of their own.
  const shownSteps = steps.filter(({ name }) => name !== "feedback-loop");
  const seconds = ((run.endedAt ?? now) - run.admittedAt) / 1000;
  const done = shownSteps.map((step) => stepWord(step, colors));
  const plain = shownSteps.map((step) => `${step.name} ✓`).join(" ").length;
  const head = `      ${run.phase.padEnd(9)} ${`${seconds.toFixed(1)} s`.padStart(7)}  `;
  const shown = plain + 28 > width ? done.slice(-Math.max(1, Math.floor((width - 28) / 16))) : done;
  return `${colors.dim(head)}${shown.length < done.length ? "… " : ""}${shown.join(" ")}`;
};

/** What a reviewer sent back: the part of the story that a list of steps does not tell. */
const objections = ({ steps }: RunView, colors: Colors, width: number): readonly string[] =>
  steps
    .filter(({ name, detail }) => name.startsWith("review ") && detail !== undefined && detail !== "approved")
    .map(({ name, detail = "" }) => {
      const text = clip(oneLine(detail.replace(/^- /, "")), width - name.length - 21);
      return colors.yellow(`                ↺ ${name}: ${text}`);
    });

const stepWord = ({ name, status }: StepReport, colors: Colors): string => {
  switch (status) {
    case "running":
      return colors.cyan(`${name}…`);
    case "succeeded":
      return colors.green(`${name}`);
    case "failed":
      return colors.red(`${name} ✗`);
    case "skipped":
      return colors.dim(name);
  }
};

const activityLine = ({ run, activity }: RunView, colors: Colors, width: number): string => {
  const text = run.report !== undefined ? "opening the pull request" : (activity ?? "starting the runner");
  return colors.dim(`                ↳ ${clip(oneLine(text), width - 20)}`);
};

const clip = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
