import { type DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference } from "../../../ports/executor.ts";
import { containerName, containerSpec, labelNames } from "./container-spec.ts";
import { type EngineAnswer, type EngineClient, parsedAnswer, refused } from "./engine-client.ts";
import { extraHostsFor } from "./host-address.ts";
import { stateOf } from "./observe-container.ts";
import { type Container, containerSchema, engineInfoSchema } from "./schema.ts";

export interface ContainerChoices {
  readonly image: string;
  readonly orchestratorUrl: string;
  readonly owner: string;
}

/** Null: the engine answered that there is none of this name. @throws DeliveryError */
export const findContainer = async (engine: EngineClient, name: string): Promise<Container | null> => {
  const answer = await engine.ask({ method: "GET", path: `/containers/${name}/json` });
  return answer.status === 404 ? null : parsedAnswer("what the container is", answer, containerSchema);
};

/** A name can be anybody's; the label says that it was us. */
export const isOfAttempt = ({ Config }: Container, runId: string): boolean =>
  Config.Labels?.[labelNames.attempt] === runId;

/**
 * One container per attempt: one that is there already is adopted, and started where that has not been done (§8.3).
 * @returns whether this call started it
 * @throws DeliveryError
 */
export const startContainer = async (
  engine: EngineClient,
  attempt: AttemptReference,
  choices: ContainerChoices,
  now: number,
): Promise<boolean> => {
  const name = containerName(attempt.runId);
  const found = (await findContainer(engine, name)) ?? (await make(engine, attempt, choices, now));
  if (found !== "made" && !isOfAttempt(found, attempt.runId))
    throw permanent(`There is a container ${name} that is not this attempt's: remove it.`);
  // Alive or dead: an attempt is one try, and this one has had its container.
  if (found !== "made" && stateOf(found) !== "made") return false;
  await begin(engine, name);
  return true;
};

/** The other container, when somebody was faster. */
const make = async (
  engine: EngineClient,
  attempt: AttemptReference,
  choices: ContainerChoices,
  now: number,
): Promise<"made" | Container> => {
  const name = containerName(attempt.runId);
  const { NCPU: processors } = parsedAnswer(
    "what machine it runs on",
    await engine.ask({ method: "GET", path: "/info" }),
    engineInfoSchema,
  );
  const extraHosts = await extraHostsFor(engine, choices.orchestratorUrl);
  const spec = containerSpec(attempt, { ...choices, extraHosts, processors, now });
  const answer = await engine.ask({
    method: "POST",
    path: "/containers/create",
    query: { name },
    body: { contentType: "application/json", bytes: JSON.stringify(spec) },
  });
  if (answer.status === 201) return "made";
  if (answer.status === 404) throw missingImage(choices.image);
  // Docker answers 409 where the name is taken, podman may answer 500.
  const other = await findContainer(engine, name);
  if (other !== null) return other;
  throw whyNot(`a container of ${choices.image}`, answer);
};

const begin = async (engine: EngineClient, name: string): Promise<void> => {
  const answer = await engine.ask({ method: "POST", path: `/containers/${name}/start`, timeoutMs: 60_000 });
  // 304: it runs already.
  if (answer.status === 204 || answer.status === 304) return;
  // What an engine calls an error may have come after the start, or be somebody else's start.
  const container = await findContainer(engine, name);
  if (container !== null && stateOf(container) !== "made") return;
  // It never ran, and nobody would look for it under the next attempt's name.
  await engine.ask({ method: "DELETE", path: `/containers/${name}`, query: { force: "true", v: "true" } });
  throw whyNot("to start the container", answer);
};

/** With 400 the engine says that it was asked wrongly, and so would be the next time. */
const whyNot = (what: string, answer: EngineAnswer): DeliveryError =>
  answer.status === 400 ? permanent(refused(what, answer).message) : refused(what, answer);

const missingImage = (image: string): DeliveryError =>
  permanent(
    `The container engine does not have the image ${image}, and images are not fetched for a run. If it is LOCAL_RUNNER_IMAGE, build it: npm run build:runner:local -- --tag ${image}. If a repository's .ai-implement/image.yml asks for it, fetch it where the engine runs: docker pull ${image}.`,
  );
