import type { PipelinesAnswer } from "@ai-implement/contracts";
import type { Command } from "commander";
import pc from "picocolors";
import type { Colors } from "picocolors/types.js";
import { operatorCustomization } from "../services/customization/folders.ts";
import type { Output } from "./demo/terminal.ts";
import { loadConfig, type Surroundings } from "./load-config.ts";
import { configOrThrow } from "./start.ts";

export const addPipelines = (program: Command, options: Surroundings & { readonly output: Output }): void => {
  program
    .command("pipelines")
    .description("show the pipelines and steps, and which of them are built in, overridden or added")
    .option("--json", "as JSON")
    .addHelpText("after", "\ndocs/pipelines.md says how to change them.")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { customDirectory } = configOrThrow(await loadConfig(options));
      const { pipelines } = await operatorCustomization(customDirectory);
      options.output.write(printPipelines(pipelines, { json, colours: pc }));
    });
};

export interface PrintPipelinesOptions {
  readonly json: boolean;
  /** From picocolors: `createColors(false)` prints plain text. */
  readonly colours: Colors;
}

/** What `ai-implement pipelines` prints: people's words, or JSON for programs. Ends with a newline. */
export const printPipelines = (
  { pipelines, steps }: PipelinesAnswer,
  { json, colours }: PrintPipelinesOptions,
): string => {
  if (json) return `${JSON.stringify({ pipelines, steps }, null, 2)}\n`;
  const status = new Map(steps.map((step) => [step.id, step.status]));
  const shown = (id: string): string => (status.get(id) === "built-in" ? id : colours.cyan(id));
  const phases = pipelines.flatMap((pipeline) => [
    `${colours.bold(pipeline.phase)}  ${pipeline.status}`,
    `  ${pipeline.steps.map(shown).join(" > ")}`,
    `  always: ${pipeline.always.map(shown).join(" > ")}`,
  ]);
  const own = steps.filter((step) => step.status !== "built-in");
  const width = Math.max(0, ...own.map(({ id }) => id.length));
  const ownSteps = own.map(({ id, status: how, usedBy }) => {
    const where = usedBy.length === 0 ? "in no pipeline: nothing runs it" : `in ${usedBy.join(", ")}`;
    return `  ${colours.cyan(id.padEnd(width))}  ${how.padEnd("override".length)}  ${where}`;
  });
  return `${[...phases, "", ...(own.length === 0 ? ["No steps of your own."] : ["Steps of your own:", ...ownSteps])].join("\n")}\n`;
};
