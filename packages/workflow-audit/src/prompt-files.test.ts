import { expect, it } from "vitest";
import { parseWorkflowFile } from "../../runner/src/repository/workflow-file.ts";
import { readTemplate } from "./testing/templates.ts";

it.each(["WORKFLOW.md", "PLANNING.md"])("%s works in any repository as it is (§10.2)", (name) => {
  const { body, ...settings } = parseWorkflowFile(readTemplate(name), name);
  expect(Object.values(settings).filter((value) => value !== undefined)).toEqual([]);
  expect(body).toMatch(/^(Before|Plan)/);
  expect(body).not.toContain("${");
});

it("WORKFLOW.md names its scripts so that taking the comment away is enough", () => {
  const uncommented = readTemplate("WORKFLOW.md").replace(
    /^# ((?:model|gap_analysis_model|setup|verify|teardown): .*| {2}.*)$/gm,
    "$1",
  );
  expect(parseWorkflowFile(uncommented, "WORKFLOW.md")).toMatchObject({
    model: "claude-sonnet-4-6",
    gapAnalysisModel: "claude-haiku-4-5-20251001",
    setup: "./scripts/create-test-database.sh",
    verify: "npm run lint\nnpm test",
    teardown: "./scripts/drop-test-database.sh",
  });
});
