import type { Masker } from "./masker.ts";
import { parseWorkflowCommand, type WorkflowCommand } from "./workflow-command.ts";

export interface CommandReader {
  /** One line of a step's output: what it commands is done, and the log has it, masked. */
  readonly read: (line: string) => void;
  /** Commands that GitHub no longer takes: the step fails. */
  readonly refusals: readonly string[];
}

/** Reads the workflow commands in the output of one step. */
export const createCommandReader = ({
  log,
  masker,
  outputs,
}: {
  readonly log: (line: string) => void;
  readonly masker: Masker;
  readonly outputs: Map<string, string>;
}): CommandReader => {
  const refusals: string[] = [];
  let resumedBy: string | null = null;

  /** What the log has of it; null: nothing. */
  const obey = ({ name, properties, message }: WorkflowCommand, line: string): string | null => {
    switch (name) {
      case "add-mask":
        masker.add(message);
        // The line has the value escaped, which would not be found in it.
        return "::add-mask::***";
      case "error":
      case "warning":
      case "notice":
      case "group":
      case "endgroup":
        return `##[${name}]${message}`;
      case "debug":
        return null;
      case "stop-commands":
        resumedBy = message;
        return line;
      case "set-output":
        outputs.set(properties["name"] ?? "", message);
        return line;
      case "set-env":
      case "add-path":
        refusals.push(`The \`${name}\` command is disabled.`);
        return null;
      default:
        return line;
    }
  };
  const shown = (line: string): string | null => {
    if (resumedBy !== null) {
      if (line.trim() === `::${resumedBy}::`) resumedBy = null;
      return line;
    }
    const command = parseWorkflowCommand(line);
    return command === null ? line : obey(command, line);
  };
  return {
    refusals,
    read(line) {
      const text = shown(line);
      if (text !== null) log(text);
    },
  };
};
