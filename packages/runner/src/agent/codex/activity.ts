import { relative } from "node:path";
import { oneLine } from "../claude-code/activity.ts";
import type { CodexEvent, CodexItem } from "./schema.ts";

/** What the event says about the work, one line each, safe to print on a terminal. */
export const activityOf = (event: CodexEvent, directory: string): readonly string[] => {
  switch (event.type) {
    case "item.started":
      return linesOf(event.item, directory).map(oneLine);
    case "error":
      return [oneLine(`Provider: ${event.message}`)];
    case "item.completed":
      return event.item.type === "error" ? [oneLine(`Codex: ${event.item.message}`)] : [];
    case "thread.started":
    case "turn.completed":
    case "turn.failed":
      return [];
  }
};

const linesOf = (item: CodexItem, directory: string): readonly string[] => {
  switch (item.type) {
    case "command_execution":
      return [`Run ${withoutShell(item.command)}`];
    case "file_change":
      return item.changes.map(({ path, kind }) => `${verbs[kind] ?? "Change"} ${shorten(path, directory)}`);
    case "agent_message":
    case "error":
      return [];
  }
};

const verbs: Readonly<Record<string, string>> = { add: "Write", update: "Edit", delete: "Delete" };

/** Every command comes as `/bin/bash -c '…'`. Of the three ways to quote it, one has matched; the others are empty. */
const withoutShell = (command: string): string =>
  /^\S+ -l?c (?:'(.*)'|"(.*)"|(.*))$/s.exec(command)?.slice(1).join("") ?? command;

const shorten = (path: string, directory: string): string => {
  const inside = relative(directory, path);
  return inside.startsWith("..") || inside === "" ? path : inside;
};
