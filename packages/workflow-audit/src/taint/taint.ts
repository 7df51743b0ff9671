import { embeddedIn } from "../syntax/embedded.ts";
import type { Expression } from "../syntax/expression.ts";
import { at, type Node, scalarsBelow } from "../syntax/tree.ts";
import {
  actionOf,
  environmentOf,
  type Job,
  mentions,
  type Step,
  type Workflow,
} from "../workflow/workflow.ts";
import { hostileActions, isHostileContext } from "./hostile-contexts.ts";

/** Where a value is read: what `env`, `steps` and `matrix` mean there. */
export interface Place {
  readonly job?: Job | undefined;
  readonly step?: Step | undefined;
}

export interface Taint {
  /** The context through which a stranger's text comes into the expression's result, or null. */
  readonly ofExpression: (expression: Expression, place: Place) => string | null;
  /** The same for every `${{ }}` at and below a node. */
  readonly ofNode: (node: Node | undefined, place: Place) => string | null;
  /** Environment variables that the step's own script reads and a stranger writes, with the context. */
  readonly ofScript: (step: Step, place: Place) => ReadonlyMap<string, string>;
}

/** Functions whose result says nothing that was written: yes, no, or a hash. */
const harmless = [
  "contains",
  "startswith",
  "endswith",
  "hashfiles",
  "always",
  "success",
  "failure",
  "cancelled",
];

const maxLinks = 100;

/** Follows what strangers write through `env`, step outputs, job outputs and the matrix. */
export const createTaint = (workflow: Workflow): Taint => {
  const known = new Map<string, string | null>();
  let links = 0;
  /** What leads back to itself adds nothing; a chain that is too long to follow is not trusted. */
  const once = (key: string, find: () => string | null): string | null => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (links >= maxLinks) return "a chain that is too long to follow";
    known.set(key, null);
    links += 1;
    const result = find();
    links -= 1;
    known.set(key, result);
    return result;
  };

  const ofExpression = (expression: Expression, place: Place): string | null => {
    switch (expression.kind) {
      case "literal":
      case "not":
        return null;
      case "reference":
        return ofPath(expression.path, place);
      case "access":
        return ofExpression(expression.of, place);
      case "call":
        return harmless.includes(expression.name) ? null : firstOf(expression.args, place);
      case "binary":
        if (expression.operator === "&&") return ofExpression(expression.right, place);
        return expression.operator === "||" ? firstOf([expression.left, expression.right], place) : null;
    }
  };
  const firstOf = (expressions: readonly Expression[], place: Place): string | null =>
    first(expressions, (expression) => ofExpression(expression, place));

  const ofNode = (node: Node | undefined, place: Place): string | null =>
    first(scalarsBelow(node).flatMap(embeddedIn), ({ expression }) =>
      expression === null ? null : ofExpression(expression, place),
    );

  const ofPath = (path: readonly string[], place: Place): string | null => {
    const [context, name = "*", , output = "*"] = path;
    if (isHostileContext(path) || isFreeInput(workflow, path)) return path.join(".");
    switch (context) {
      case "env":
        return ofVariable(name, place);
      case "steps":
        return ofStepOutputs(name, place);
      case "needs":
        return ofJobOutput(name, output);
      case "matrix":
      case "strategy":
        return once(`matrix ${place.job?.id}`, () =>
          ofNode(at(place.job?.node, "strategy", "matrix"), place),
        );
      default:
        return null;
    }
  };

  const ofVariable = (name: string, { job, step }: Place): string | null => {
    const levels = [step?.node, job?.node, workflow.root];
    const key = `env ${job?.id} ${step?.line} ${name}`;
    return once(key, () =>
      first(levels, (level) => {
        const env = at(level, "env");
        if (env?.kind !== "map") return null;
        return first(env.entries, (entry) =>
          name === "*" || entry.key.toLowerCase() === name ? ofNode(entry.value, { job, step }) : null,
        );
      }),
    );
  };

  const ofScript = (step: Step, place: Place): ReadonlyMap<string, string> => {
    const found = new Map<string, string>();
    for (const [name, value] of environmentOf(workflow, step)) {
      const source = mentions(step.run?.text ?? "", name) ? ofNode(value, place) : null;
      if (source !== null) found.set(name, source);
    }
    return found;
  };

  const ofStepOutputs = (id: string, { job }: Place): string | null =>
    once(`steps ${job?.id} ${id}`, () =>
      first(job?.steps ?? [], (step) => {
        if (id !== "*" && step.id?.toLowerCase() !== id) return null;
        const place = { job, step };
        if (hostileActions.includes(actionOf(step) ?? "")) return `steps.${id}.outputs`;
        if (step.run === undefined) return first(step.inputs, ({ value }) => ofNode(value, place));
        if (!/GITHUB_OUTPUT|::set-output/.test(step.run.text)) return null;
        return ofNode(step.run, place) ?? [...ofScript(step, place).values()][0] ?? null;
      }),
    );

  const ofJobOutput = (id: string, output: string): string | null =>
    once(`needs ${id} ${output}`, () =>
      first(workflow.jobs, (job) => {
        if (id !== "*" && job.id.toLowerCase() !== id) return null;
        const outputs = at(job.node, "outputs");
        if (outputs?.kind !== "map") return null;
        return first(outputs.entries, (entry) =>
          output === "*" || entry.key.toLowerCase() === output ? ofNode(entry.value, { job }) : null,
        );
      }),
    );

  return { ofExpression, ofNode, ofScript };
};

/** An input that is not one of a few given words: a string, or one that was never declared. */
const isFreeInput = ({ inputTypes }: Workflow, path: readonly string[]): boolean => {
  const rest = path[0] === "inputs" ? path.slice(1) : inputsOfEvent(path);
  if (rest === null) return false;
  const [name = "*"] = rest;
  return name === "*" || (inputTypes.get(name) ?? "string") === "string";
};

const inputsOfEvent = (path: readonly string[]): readonly string[] | null =>
  path.slice(0, 3).join(".") === "github.event.inputs" ? path.slice(3) : null;

const first = <Item, Result>(items: readonly Item[], find: (item: Item) => Result | null): Result | null => {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
};
