import type { GuardSettings } from "@ai-implement/contracts";
import type { Finding } from "../guard/change/findings.ts";
import { countFindings, judgeChange } from "../guard/change/judge-change.ts";
import { changedEntries, readFiles } from "../guard/change/read-change.ts";
import { GuardRefusal } from "../guard/guard-refusal.ts";
import { createTextGuard } from "../guard/guard-text.ts";
import { required } from "../pipeline/facts.ts";
import type { Step, StepInput } from "../pipeline/step.ts";

const nothingSet: GuardSettings = { protectedPaths: [], approvedPaths: [] };

/**
 * What is about to be published, held against the rules (§11.4): the files that the push brings to the branch, and the texts
 * that go with them. Fails closed: what cannot be looked at is refused.
 */
export const guard: Step = {
  essential: true,
  run: async (input) => {
    const texts = textFindings(input);
    const { count, findings } =
      input.facts.change === undefined ? { count: 0, findings: [] } : await judgePushed(input);
    const all = [...texts, ...findings];
    if (all.length > 0) throw new GuardRefusal(all);
    const { approvedPaths } = input.job.guard ?? nothingSet;
    const approved = approvedPaths.length === 0 ? "" : `, ${approvedPaths.length} approved by a person`;
    return { status: "succeeded", detail: `${count} files and the texts looked at${approved}` };
  },
};

/** Against what the branch holds already: that is out, and what people pushed there is not this run's doing. */
const judgePushed = async ({ git, facts, job, secrets }: StepInput) => {
  const checkout = required(facts.checkout, "clone");
  const { to } = required(facts.change, "preflight");
  const entries = await changedEntries(git, checkout, checkout.parentCommit, to);
  const tooMany = countFindings(entries);
  if (tooMany.length > 0) return { count: entries.length, findings: tooMany };
  const files = await readFiles(git, checkout, entries);
  const findings = await judgeChange(files, job.guard ?? nothingSet, secrets.searchPatiently);
  return { count: entries.length, findings };
};

/** The commit's message is among them: it is made of the summary. */
const textFindings = ({ facts, secrets }: StepInput): readonly Finding[] => {
  const { isCompromised } = createTextGuard(secrets);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["the agent's summary", facts.summary === undefined ? [] : [facts.summary]],
    ["a finding of the review", facts.review?.findings ?? []],
    ["the plan", facts.plan?.sections.map(({ body }) => body) ?? []],
  ];
  return parts
    .filter(([, texts]) => texts.some(isCompromised))
    .map(([name]) => ({
      path: null,
      rule: "credential" as const,
      what: `${name} holds a credential of this run or its canary, in some form`,
    }));
};
