import { createColors } from "picocolors";
import { expect, it } from "vitest";
import { printPipelines } from "./pipelines.ts";

const answer = {
  pipelines: [
    { phase: "plan" as const, status: "override" as const, steps: ["clone", "lint"], always: ["teardown"] },
  ],
  steps: [
    { id: "clone", status: "built-in" as const, usedBy: ["plan" as const] },
    { id: "lint", status: "additive" as const, usedBy: ["plan" as const] },
    { id: "install", status: "override" as const, usedBy: [] },
  ],
};

it("`ai-implement pipelines` shows what runs, and what of it is the operator's own (§10.1)", () => {
  expect(printPipelines(answer, { json: false, colours: createColors(false) })).toBe(
    [
      "plan  override",
      "  clone > lint",
      "  always: teardown",
      "",
      "Steps of your own:",
      "  lint     additive  in plan",
      "  install  override  in no pipeline: nothing runs it",
      "",
    ].join("\n"),
  );
  expect(JSON.parse(printPipelines(answer, { json: true, colours: createColors(false) }))).toEqual(answer);
});
