import type { StepReport } from "@ai-implement/contracts";
import { oneLine } from "./text/clip.ts";

/** A step as one line for people. */
export const stepLine = ({ name, status, startedAt, endedAt, detail = "" }: StepReport): string => {
  if (endedAt === undefined) return `${name} …`;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return `${name} ${status} (${seconds.toFixed(1)} s) ${oneLine(detail, 200)}`.trimEnd();
};
