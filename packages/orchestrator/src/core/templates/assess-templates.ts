import type { TemplateFile } from "@ai-implement/contracts";
import { type Digest, readStamp, stamped } from "./stamp.ts";
import { type TemplateName, type Templates, type WantedFile, workflowFolder } from "./wanted-files.ts";

export interface TemplateQuestion {
  readonly wanted: readonly WantedFile[];
  readonly templates: Templates;
  /** What the default branch has, by path: the wanted files, and others among which a renamed one may be. */
  readonly found: ReadonlyMap<string, string>;
  readonly digest: Digest;
}

/** How each wanted file stands in the repository, in the order in which they are wanted. */
export const assessTemplates = (question: TemplateQuestion): readonly TemplateFile[] =>
  question.wanted.map((file) =>
    file.kind === "workflow" ? assessWorkflow(question, file) : assessSeed(question, file),
  );

const assessWorkflow = (question: TemplateQuestion, { path, template }: WantedFile): TemplateFile => {
  const { templates, found, digest } = question;
  const text = found.get(path);
  if (text === undefined) {
    const foundAt = elsewhere(question, template);
    return foundAt === undefined ? { path, state: "missing" } : { path, state: "renamed", foundAt };
  }
  const stamp = readStamp(text);
  if (stamp?.template !== template || digest(stamp.content) !== stamp.checksum)
    return { path, state: "edited" };
  return { path, state: stamp.content === textOf(templates, template) ? "current" : "stale" };
};

/** A file with our stamp, changed or not, in a place where none of ours belongs. */
const elsewhere = ({ wanted, found }: TemplateQuestion, template: TemplateName): string | undefined =>
  [...found.keys()]
    .filter((path) => path.startsWith(`${workflowFolder}/`) && wanted.every((file) => file.path !== path))
    .sort()
    .find((path) => readStamp(found.get(path) ?? "")?.template === template);

/**
 * Seeded once, literally: where its workflow has arrived already, the file came with it, and whoever removed it since
 * does not want it.
 */
const assessSeed = (
  { found }: TemplateQuestion,
  { path, comesWith }: Extract<WantedFile, { kind: "seed" }>,
): TemplateFile => {
  const hasArrived = [...found.values()].some((text) => readStamp(text)?.template === comesWith);
  return { path, state: found.has(path) || hasArrived ? "seeded" : "missing" };
};

/** What a sync writes, by path: nothing where everything is up to date. It never removes a file. */
export const planSync = (
  { wanted, templates, digest }: Omit<TemplateQuestion, "found">,
  assessed: readonly TemplateFile[],
): ReadonlyMap<string, string> => {
  const states = new Map(assessed.map(({ path, state }) => [path, state]));
  return new Map(
    wanted
      .filter(({ path }) => needsWriting[states.get(path) ?? "missing"])
      .map(({ kind, path, template }) => {
        const text = textOf(templates, template);
        return [path, kind === "workflow" ? stamped(template, text, digest) : text];
      }),
  );
};

const needsWriting: Readonly<Record<TemplateFile["state"], boolean>> = {
  current: false,
  seeded: false,
  stale: true,
  edited: true,
  missing: true,
  renamed: true,
};

export const isUpToDate = ({ state }: TemplateFile): boolean => !needsWriting[state];

const textOf = (templates: Templates, name: TemplateName): string => {
  const text = templates.get(name);
  if (text === undefined) throw new Error(`The template ${name} was not read.`);
  return text;
};
