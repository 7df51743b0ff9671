import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRun, aTicket } from "../testing/builders.ts";
import { aFailedReport, anImplementedReport } from "../testing/reports.ts";
import type { TrackerKind } from "../ticket.ts";
import {
  approvalComment,
  cancelledComment,
  failedComment,
  planComments,
  pullRequestComment,
} from "./comments.ts";

const pullRequest = { number: 7, url: "https://forge/acme/shop/pull/7" };
const trackers: TrackerKind[] = ["linear", "jira", "folder"];

describe("the comments of a plan (§10.3)", () => {
  it("have fixed headings, in the plan's order", () => {
    const sections = (["architecture", "tests", "work-units", "context"] as const).map((kind) => ({
      kind,
      body: "…",
    }));
    expect(planComments({ sections }).map(({ body }) => body.split("\n")[0])).toEqual([
      "## 🏗️ AI Planning: Architecture Analysis",
      "## 🧪 AI Planning: Test Plan",
      "## 🧩 AI Planning: Work Units",
      "## 🔗 AI Planning: Cross-Story Context",
    ]);
  });

  it("lose no section when the agent writes two of a kind: they share one comment", () => {
    const comments = planComments({
      sections: [
        { kind: "tests", body: "One." },
        { kind: "tests", body: "Two." },
      ],
    });
    expect(comments).toEqual([{ topic: "plan-tests", body: "## 🧪 AI Planning: Test Plan\n\nOne.\n\nTwo." }]);
  });

  it("begin with their heading whatever the body says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => {
        const [comment] = planComments({ sections: [{ kind: "tests", body }] });
        expect(comment?.body.startsWith("## 🧪 AI Planning: Test Plan\n\n")).toBe(true);
      }),
    );
  });

  it("end with how to approve it, in the tracker's own terms (§7.1)", () => {
    const ways = [
      "label `Plan-Approved`",
      "`AI-Implement Status` to `Plan Approved`",
      "status: Plan Approved",
    ];
    trackers.forEach((tracker, index) => {
      const comment = approvalComment(aTicket({ tracker }));
      expect(comment).toContain(ways[index]);
      expect(comment).toContain("admin UI or over the API");
    });
  });
});

describe("the comment of a pull request (§7.1)", () => {
  it("links it", () => {
    const comment = pullRequestComment(aRun(), anImplementedReport(), pullRequest);
    expect(comment).toContain(`opened a pull request: [#7](${pullRequest.url})`);
  });

  it("says of a revision that it revised what was there", () => {
    const comment = pullRequestComment(aRun({ phase: "revise" }), anImplementedReport(), pullRequest);
    expect(comment).toContain(`revised its pull request: [#7](${pullRequest.url})`);
  });

  it("says why it is a draft", () => {
    const review = { approved: false, iterations: 2, findings: [] };
    const verification = { command: "npm `test`", exitCode: 1, seconds: 1, output: "" };
    const comment = pullRequestComment(aRun(), anImplementedReport({ review, verification }), pullRequest);
    expect(comment).toContain(
      "still objects after 2 rounds and the repository's check `npm 'test'` does not pass",
    );
  });
});

describe("the comment of a failure (§7.1, §15)", () => {
  it("names the attempt, the reason and the way back in the tracker's own terms", () => {
    const ways = ["the label `AI-Implement`", "`AI-Implement Status` back to `Ready`", "back to `Ready`"];
    trackers.forEach((tracker, index) => {
      const run = aRun({ ticket: aTicket({ tracker }), attempt: 3 });
      const comment = failedComment(run, { reason: "agent-refused", message: "It refused." });
      expect(comment).toContain("(attempt 3)");
      expect(comment).toContain("> It refused.");
      expect(comment).toContain(ways[index]);
    });
  });

  it("keeps its way back whatever the runner said", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lines = failedComment(aRun(), {
          reason: "unexpected",
          message: `${text}\n\`\`\`\r# ${text}`,
        }).split(/[\r\n]/);
        const ours = lines.filter((line) => !line.startsWith(">") && line !== "");
        expect(ours).toHaveLength(2);
        expect(ours[1]).toMatch(/^It is parked until/);
      }),
    );
  });
});

it("A cancellation says why, and what would start it again (§7.1)", () => {
  expect(cancelledComment(aRun(), "ticket-closed")).toContain("because the ticket was closed");
  expect(cancelledComment(aRun(), "ticket-unmarked")).toContain("until a person marks the ticket again");
  expect(cancelledComment(aRun(), "operator")).toContain("clears its lease");
});

describe("the comment of a run that the guard refused (§11.4)", () => {
  const commentFor = (needsApproval: string[], reason: "guard" | "transport" = "guard") =>
    failedComment(aRun({ report: { ...aFailedReport(reason), needsApproval } }), {
      reason,
      message: "The guard refuses this change.",
    });

  it("shows of each path what nobody would see, so that people agree to what they read", () => {
    const comment = commentFor([".github/\u202elmy.ci\u0000\n- `README.md`", "docs/a.md"]);
    expect(comment).toContain(
      "- `.github/\\u202elmy.ci\\u0000\\u000a- \\u0060README.md\\u0060`\n- `docs/a.md`\n",
    );
  });

  it("names as many as fit beside what follows, and says how many do not", () => {
    const comment = commentFor(Array.from({ length: 200 }, (_, n) => `${n}/${"x".repeat(990)}`));
    expect(comment.length).toBeLessThan(12_000);
    expect(comment).toMatch(/\n- and 19\d more, which the next try asks for\n/);
    expect(comment).toContain("approve-files");
    expect(comment).toContain("to try again.");
  });

  it("asks for nothing where the guard did not, or where it named no file", () => {
    for (const comment of [commentFor(["a"], "transport"), commentFor([])])
      expect(comment).not.toContain("approve-files");
  });
});
