import type { Problem, Rule } from "../finding.ts";
import { embeddedIn, expressionsOf } from "../syntax/embedded.ts";
import { type Expression, pathsOf } from "../syntax/expression.ts";
import { type Node, scalarsBelow } from "../syntax/tree.ts";
import { allSteps, environmentOf, mentions, type Step, type Workflow } from "../workflow/workflow.ts";

/** Where a secret can be read: in a condition, in a script's text, on the output. */
export const secretExposure: Rule = {
  id: "secret-exposure",
  check: (workflow) => [
    ...[...allSteps(workflow), ...workflow.jobs].flatMap(({ condition }) =>
      condition === undefined
        ? []
        : expressionsOf(condition, true)
            .filter(({ expression }) => readsSecret(expression))
            .map(({ line }) => ({
              line,
              message: "A condition is written to the log with its values.",
              fix: "Put whether the secret is there into an output, and test that.",
            })),
    ),
    ...allSteps(workflow).flatMap((step) => [...inScript(step), ...printed(workflow, step)]),
  ],
};

const inScript = ({ run }: Step): readonly Problem[] =>
  (run === undefined ? [] : embeddedIn(run))
    .filter(({ expression }) => readsSecret(expression))
    .map(({ text, line }) => ({
      line,
      message: `${text} becomes a part of the script's text, and of the file that it is run from.`,
      fix: "Put it into `env` of the step and read the variable.",
    }));

const printed = (workflow: Workflow, step: Step): readonly Problem[] => {
  const { run } = step;
  if (run === undefined) return [];
  const secrets = [...environmentOf(workflow, step)].filter(([, value]) => holdsSecret(value));
  if (secrets.length === 0) return [];
  return run.text.split("\n").flatMap((text, index): readonly Problem[] => {
    if (
      !prints(
        text,
        secrets.map(([name]) => name),
      )
    )
      return [];
    return [
      {
        line: run.line + index + (run.source.startsWith("|") || run.source.startsWith(">") ? 1 : 0),
        message: "This writes a secret to the log, where masking is only a guess.",
        fix: "Do not print it; `::add-mask::` hides what was made from it.",
      },
    ];
  });
};

const prints = (line: string, names: readonly string[]): boolean => {
  if (/^\s*(printenv|env)\s*$|^\s*set\s+-[a-z]*x|\bconsole\.\w+\(\s*process\.env\s*\)/.test(line))
    return true;
  if (line.includes("::add-mask::")) return false;
  if (/^\s*(echo|printf|print|Write-Host|Write-Output)\b/.test(line))
    return !/[|>]/.test(line) && names.some((name) => line.includes("$") && mentions(line, name));
  if (!/\bconsole\.\w+\(|\bprocess\.std(out|err)\.write\(/.test(line)) return false;
  return names.some((name) => mentions(withoutTexts(line), name));
};

/** JavaScript without what is only text: of a template, what is filled in stays. */
const withoutTexts = (line: string): string =>
  line
    .replaceAll(/"[^"]*"|'[^']*'/g, "")
    .replaceAll(/`[^`]*`/g, (template) => (template.match(/\$\{[^}]*\}/g) ?? []).join(" "));

const holdsSecret = (node: Node): boolean =>
  scalarsBelow(node)
    .flatMap(embeddedIn)
    .some(({ expression }) => readsSecret(expression));

const readsSecret = (expression: Expression | null): boolean =>
  expression !== null && pathsOf(expression).some(([context]) => context === "secrets");
