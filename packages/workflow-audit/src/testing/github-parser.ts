import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

export interface GithubParser {
  /** What GitHub's own parser objects to. */
  readonly errors: (file: string, content: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

type Module = typeof import("@actions/workflow-parser");

/** The parser is made for bundlers: its files import JSON in a way that Node 20 refuses, so it is bundled first. */
export const loadGithubParser = async (): Promise<GithubParser> => {
  const folder = await mkdtemp(join(tmpdir(), "workflow-parser-"));
  const outfile = join(folder, "parser.mjs");
  await build({
    stdin: { contents: 'export * from "@actions/workflow-parser";', resolveDir: import.meta.dirname },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
  });
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = (await import(
    pathToFileURL(outfile).href
  )) as Module;
  return {
    errors: async (file, content) => {
      const { context, value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
      const found = context.errors.getErrors().map(({ message }) => message);
      if (found.length > 0 || value === undefined) return found;
      const { errors = [] } = await convertWorkflowTemplate(context, value);
      return errors.map(({ Message }) => Message);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
