import {
  at,
  type Entry,
  entriesOf,
  itemsOf,
  type Node,
  type ScalarNode,
  scalarAt,
  textsOf,
} from "../syntax/tree.ts";

/** A workflow file as GitHub understands it. What is not of the right shape is not there. */
export interface Workflow {
  readonly root: Node;
  /** The file's lines, the first at 0: for what a syntax tree does not hold, such as comments. */
  readonly lines: readonly string[];
  /** Events, with their settings where they have any. */
  readonly triggers: ReadonlyMap<string, Node | undefined>;
  /** What the inputs of a dispatch or a call are declared as: `string` where nothing is said. By lower-case name. */
  readonly inputTypes: ReadonlyMap<string, string>;
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: string;
  readonly line: number;
  readonly node: Node;
  readonly needs: readonly string[];
  readonly condition: ScalarNode | undefined;
  /** Of a reusable workflow. */
  readonly uses: ScalarNode | undefined;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly job: string;
  readonly id: string | undefined;
  readonly line: number;
  readonly node: Node;
  readonly condition: ScalarNode | undefined;
  readonly uses: ScalarNode | undefined;
  readonly run: ScalarNode | undefined;
  readonly inputs: readonly Entry[];
  readonly env: readonly Entry[];
}

export const toWorkflow = (root: Node, source: string): Workflow => {
  const triggers = triggersOf(at(root, "on"));
  return {
    root,
    lines: source.split(/\r\n|\r|\n/),
    triggers,
    inputTypes: new Map(
      ["workflow_dispatch", "workflow_call"].flatMap((name) => inputTypesOf(triggers.get(name))),
    ),
    jobs: entriesOf(at(root, "jobs")).map(toJob),
  };
};

const triggersOf = (node: Node | undefined): ReadonlyMap<string, Node | undefined> =>
  node?.kind === "map"
    ? new Map(node.entries.map(({ key, value }) => [key, value]))
    : new Map(textsOf(node).map((name) => [name, undefined]));

const inputTypesOf = (trigger: Node | undefined): readonly [string, string][] =>
  entriesOf(at(trigger, "inputs")).map(({ key, value }) => [
    key.toLowerCase(),
    scalarAt(value, "type")?.text ?? "string",
  ]);

const toJob = ({ key: id, line, value: node }: Entry): Job => ({
  id,
  line,
  node,
  needs: textsOf(at(node, "needs")),
  condition: scalarAt(node, "if"),
  uses: scalarAt(node, "uses"),
  steps: itemsOf(at(node, "steps")).map((step) => toStep(id, step)),
});

const toStep = (job: string, node: Node): Step => ({
  job,
  id: scalarAt(node, "id")?.text,
  line: node.line,
  node,
  condition: scalarAt(node, "if"),
  uses: scalarAt(node, "uses"),
  run: scalarAt(node, "run"),
  inputs: entriesOf(at(node, "with")),
  env: entriesOf(at(node, "env")),
});

export const allSteps = ({ jobs }: Workflow): readonly Step[] => jobs.flatMap(({ steps }) => steps);

/** `actions/checkout` of `actions/checkout@v4`, in lower case; undefined for a step that uses no action. */
export const actionOf = ({ uses }: Pick<Step, "uses">): string | undefined =>
  uses?.text.split("@", 1)[0]?.toLowerCase();

/** An input of the step's action, as text. GitHub does not tell upper from lower case in its name. */
export const inputOf = ({ inputs }: Step, name: string): ScalarNode | undefined => {
  const value = inputs.find(({ key }) => key.toLowerCase() === name)?.value;
  return value?.kind === "scalar" ? value : undefined;
};

/** The step's environment and what it has from its job and the workflow; the nearest one of a name counts. */
export const environmentOf = ({ root, jobs }: Workflow, step: Step): ReadonlyMap<string, Node> => {
  const job = jobs.find(({ id }) => id === step.job);
  const all = [...entriesOf(at(root, "env")), ...entriesOf(at(job?.node, "env")), ...step.env];
  return new Map(all.map(({ key, value }) => [key, value]));
};

/** Whether a script reads the variable: `$NAME`, `${NAME…}`, `$env:NAME`, `%NAME%`, `process.env.NAME`. */
export const mentions = (script: string, name: string): boolean => {
  const safe = name.replace(/[^\w]/g, "");
  return safe !== "" && new RegExp(`(?<![\\w])${safe}(?![\\w])`).test(script);
};
