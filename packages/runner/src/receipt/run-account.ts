import { createHash, type Hash } from "node:crypto";
import type { ReceiptFacts, Usage } from "@ai-implement/contracts";
import type { ModelUse } from "../model-proxy/model-proxy.ts";
import { addUsage } from "../pipeline/usage-meter.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

type RanCommand = ReceiptFacts["commands"][number];

/** What the run did, as it goes on the receipt. */
export interface RunAccount {
  /** Before it is sent. */
  prompted(prompt: string): void;
  /** A session of the agent has ended. */
  session(purpose: string, uses: readonly ModelUse[]): void;
  /** Something of the repository's own was run. */
  ran(command: RanCommand): void;
  /** Claims of the gap analysis that named what is not there. */
  dropped(claims: number): void;
  facts(modelCredential: ReceiptFacts["modelCredential"], sandbox: Sandbox): ReceiptFacts;
}

/** The caps of the wire. */
const maxModels = 50;
const maxCommands = 50;

export const createRunAccount = (): RunAccount => {
  const prompts: Hash = createHash("sha256");
  const models = new Map<string, { readonly purposes: Set<string>; usage: Usage }>();
  const commands: RanCommand[] = [];
  let claimsDropped = 0;
  return {
    // Its length goes before it: two prompts that are cut at another place are not the same prompts.
    prompted: (prompt) => {
      prompts.update(`${Buffer.byteLength(prompt)}\n`).update(prompt);
    },
    session: (purpose, uses) => {
      for (const { model, usage } of uses) {
        const known = models.get(model);
        if (known === undefined) models.set(model, { purposes: new Set([purpose]), usage });
        else {
          known.purposes.add(purpose);
          known.usage = addUsage(known.usage, usage);
        }
      }
    },
    ran: (command) => {
      commands.push(command);
    },
    dropped: (claims) => {
      claimsDropped += claims;
    },
    facts: (modelCredential, sandbox) => ({
      promptHash: prompts.copy().digest("hex"),
      models: [...models].slice(0, maxModels).map(([model, { purposes, usage }]) => ({
        model: model.slice(0, 200),
        purposes: [...purposes],
        usage,
      })),
      modelCredential,
      user: sandbox.isolation.user,
      egress: sandbox.isolation.egress,
      weakerBecause: [...sandbox.isolation.weakerBecause],
      connectionsRefused: sandbox.connectionsRefused(),
      commands: commands.slice(0, maxCommands),
      claimsDropped,
    }),
  };
};
