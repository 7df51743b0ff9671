import { describe, expect, it } from "vitest";
import { isPermanent } from "../../../ports/delivery-error.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { GithubError } from "../../shared/github/github-client.ts";
import { anAttempt } from "../testing/attempts.ts";
import { dispatchFailure, refusesRunDetails } from "./dispatch-failure.ts";

const attempt = anAttempt({
  runId: "x",
  repository: { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" },
});
const refusal = (status: number, said: string, failure: VendorError["failure"] = "invalid"): GithubError =>
  new GithubError(failure, `GitHub answered ${status}: ${said}`, { status });

describe("§9 a dispatch that GitHub refuses", () => {
  it.each([
    [refusal(404, "Not Found", "not-found"), "sync the project's workflows"],
    [refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow"), "gh workflow enable"],
    [refusal(422, "Workflow does not have 'workflow_dispatch' trigger"), "Sync the project's workflows"],
    [refusal(422, 'Unexpected inputs provided: ["x"]'), "Sync the project's workflows"],
    [refusal(422, "Required input 'team' not provided"), "Sync the project's workflows"],
    [refusal(422, "No ref found for: main"), "default branch"],
    [refusal(403, "Repository was archived so is read-only.", "forbidden"), "unarchive"],
  ])("%s is final and says what to do", (error, fix) => {
    const failure = dispatchFailure(error, attempt);
    expect(isPermanent(failure)).toBe(true);
    expect(String(failure)).toContain(fix);
    expect(String(failure)).toContain("acme/tally");
  });

  it("for a permission waits for the person who mends it", () => {
    const failure = dispatchFailure(refusal(403, "Resource not accessible", "forbidden"), attempt);
    expect(isPermanent(failure)).toBe(false);
    expect(String(failure)).toContain("Actions: Read and write");
  });

  it.each([
    new VendorError("timeout", "late"),
    new VendorError("malformed", "cut off"),
    refusal(502, "", "unavailable"),
    refusal(429, "", "rate-limited"),
    refusal(401, "", "unauthorised"),
  ])("for another reason than itself stays what it was: %s", (error) => {
    expect(dispatchFailure(error, attempt)).toBe(error);
  });

  it("by an older server, which does not know the field, is recognised by the field's name only", () => {
    expect(refusesRunDetails(refusal(422, '"return_run_details" is not a permitted key.'))).toBe(true);
    expect(refusesRunDetails(refusal(400, "return_run_details"))).toBe(true);
    expect(refusesRunDetails(refusal(422, "Unexpected inputs provided"))).toBe(false);
    expect(refusesRunDetails(refusal(502, "return_run_details", "unavailable"))).toBe(false);
  });
});
